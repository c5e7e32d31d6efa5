// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/libvirt/connection.h"

#include <cstring>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <grp.h>
#include <pwd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/data_folder.h"
#include "engine/base/event.h"
#include "engine/base/file_tree.h"
#include "virt/libvirt/capability_cache.h"
#include "virt/libvirt/disk_module.h"
#include "virt/libvirt/libvirt_error.h"
#include "virt/libvirt/libvirt_library.h"

namespace isolab {
namespace {

using std::chrono::seconds;
constexpr auto remote_deadline = seconds(10);
constexpr auto embedded_deadline = seconds(60); // the driver may look at QEMU first

/// What the opening thread and the one that waits for it share; the latter may leave first.
struct Opening {
    Event done;
    std::mutex mutex;
    ConnectionHandle handle;
    std::optional<Error> error;
};

void open_blocking(const std::shared_ptr<Opening>& opening, const std::string& uri) {
    ConnectionHandle handle(virConnectOpen(uri.c_str()));
    {
        const std::lock_guard lock(opening->mutex);
        if (!handle)
            opening->error = libvirt_error("connect to", uri);
        opening->handle = std::move(handle);
    }
    opening->done.set();
}

/// virConnectOpen() has no time limit of its own.
std::shared_ptr<Opening> begin_opening(const std::string& uri) {
    auto opening = std::make_shared<Opening>();
    std::thread(open_blocking, opening, uri).detach();
    return opening;
}

Result<ConnectionHandle> finish_opening(Opening& opening, const std::string& uri, seconds limit,
                                        const StopToken& stop) {
    switch (opening.done.wait(stop, monotonic_now() + limit)) {
    case Waited::stopped:
        return fail(ErrorKind::cancelled, "connect to", uri, "stopped on request");
    case Waited::timed_out:
        return fail(ErrorKind::timeout, "connect to", uri,
                    "it did not answer within " + std::to_string(limit.count()) + " s",
                    "Check that its daemon runs, or leave the address out to use the built-in driver");
    case Waited::happened:
        break;
    }
    const std::lock_guard lock(opening.mutex);
    if (!opening.error)
        return std::move(opening.handle);
    Error error = *opening.error;
    error.remedy = "Check the address and that its daemon runs, or leave it out to use the built-in driver";
    if (error.kind == ErrorKind::system)
        error.kind = ErrorKind::unavailable;
    return fail(std::move(error));
}

/// What a server is like; and lets a lost one be noticed, so that no call waits for it for ever.
void look_at_server(VirtConnection& connection) {
    constexpr int interval_s = 5;
    constexpr unsigned tries = 3;
    virConnectSetKeepAlive(connection.handle.get(), interval_s, tries); // not all can; local ones need not
    const char* type = virConnectGetType(connection.handle.get());
    connection.daemon = type != nullptr && std::string_view(type) == "QEMU";
    const LibvirtText capabilities(virConnectGetCapabilities(connection.handle.get()));
    connection.labels = capabilities && std::strstr(capabilities.get(), "<model>dac</model>") != nullptr;
}

bool has_failed(Opening& opening) {
    const std::lock_guard lock(opening.mutex);
    return opening.error.has_value();
}

/// Before anything can be left behind.
Result<std::optional<ChildProcess>> start_keeper(const std::filesystem::path& keeper, const std::filesystem::path& root,
                                                 const Slot& slot) {
    if (keeper.empty())
        return std::nullopt;
    const UniqueFd self(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)));
    if (!self)
        return fail_errno(errno, "watch this process", {});
    Command command{{keeper.string(), root.string(), std::to_string(slot.number())}, {}, {{3, self.get()}}, true};
    ISOLAB_ASSIGN(ChildProcess child, spawn(command));
    return std::optional(std::move(child));
}

/// The driver inside this process. Nothing ends an opening under way, so a caller who leaves it early leaves it here,
/// together with its slot, for the next one.
struct EmbeddedDriver {
    std::mutex mutex;
    std::filesystem::path root;
    std::string uri;
    std::shared_ptr<Opening> opening;   ///< from the first call on
    std::optional<Slot> slot;           ///< until the connection has it
    std::optional<ChildProcess> keeper; ///< the same
    std::shared_ptr<VirtConnection> connection;
};

Result<void> begin_embedded(EmbeddedDriver& driver, const std::filesystem::path& root,
                            const std::filesystem::path& keeper) {
    ISOLAB_TRY(check_driver_user());
    ISOLAB_ASSIGN(Slot slot, Slot::take(root));
    const std::filesystem::path folder = slot.folder();
    ISOLAB_ASSIGN(driver.keeper, start_keeper(keeper, root, slot));
    ISOLAB_TRY(make_directories(folder / "etc"));
    ISOLAB_TRY(make_directories(folder / "log" / "qemu"));
    ISOLAB_TRY(make_directories(slot.sockets(), 0700));
    ISOLAB_TRY(write_file_atomically(folder / "etc" / "qemu.conf", embedded_configuration(::geteuid() == 0)));
    ISOLAB_TRY(place_disk_module_domain(folder));
    ISOLAB_TRY(load_capability_cache(root, folder));
    start_libvirt((folder / "log" / "libvirt.log").string());
    driver.root = root;
    driver.uri = "qemu:///embed?root=" + folder.string();
    driver.slot.emplace(std::move(slot));
    driver.opening = begin_opening(driver.uri);
    return {};
}

Result<std::shared_ptr<VirtConnection>> open_embedded(const std::filesystem::path& root,
                                                      const std::filesystem::path& keeper, const StopToken& stop) {
    static EmbeddedDriver driver;
    const std::lock_guard lock(driver.mutex);
    if (driver.opening && driver.root != root)
        return fail(ErrorKind::unsupported, "use the data folder", root.string(),
                    "virtual machines of this process already use " + driver.root.string(),
                    "Use one data folder per process");
    if (driver.connection)
        return driver.connection;
    if (!driver.opening)
        ISOLAB_TRY(begin_embedded(driver, root, keeper));
    auto handle = finish_opening(*driver.opening, driver.uri, embedded_deadline, stop);
    if (!handle) {
        if (has_failed(*driver.opening)) {
            driver.opening.reset();
            driver.slot.reset();
            driver.keeper.reset();
        }
        return fail(std::move(handle).error());
    }
    driver.connection = std::make_shared<VirtConnection>(
        VirtConnection{std::move(*driver.slot), std::move(*handle), driver.uri, root, true});
    driver.slot.reset();
    driver.connection->keeper = std::exchange(driver.keeper, std::nullopt);
    load_disk_module(driver.connection->handle.get());
    driver.connection->events = DomainEvents::listen(driver.connection->handle.get());
    ISOLAB_TRY(destroy_leftover_domains(*driver.connection));
    return driver.connection;
}

} // namespace

Result<void> check_driver_user() {
    constexpr const char* name = "libvirt-qemu";
    if (::geteuid() != 0 ||
        (::getpwnam(name) != nullptr && ::getgrnam(name) != nullptr)) // NOLINT(concurrency-mt-unsafe)
        return {};
    return fail(ErrorKind::unavailable, "open libvirt's QEMU driver as root", {}, "there is no user libvirt-qemu",
                "Make it with: useradd --system --user-group libvirt-qemu");
}

std::string embedded_configuration(bool as_root) {
    std::string text = "stdio_handler = \"file\"\n"
                       "security_driver = \"none\"\n"
                       "cgroup_controllers = [ ]\n"
                       "namespaces = [ ]\n"
                       "dynamic_ownership = 0\n"
                       "remember_owner = 0\n"
                       "capability_filters = [ \"cpu-unavailable-features\" ]\n";
    if (as_root)
        text += "user = \"+0\"\ngroup = \"+0\"\n";
    return text;
}

Result<std::shared_ptr<VirtConnection>> open_connection(const std::filesystem::path& folder,
                                                        const std::optional<std::string>& uri, const StopToken& stop,
                                                        const std::filesystem::path& keeper) {
    ISOLAB_TRY(open_data_folder(folder));
    std::error_code error;
    const std::filesystem::path root = std::filesystem::canonical(folder, error);
    if (error)
        return fail_errno(error.value(), "use the data folder", folder.string());
    if (!uri)
        return open_embedded(root, keeper, stop);
    ISOLAB_ASSIGN(Slot slot, Slot::take(root));
    ISOLAB_TRY(make_directories(slot.folder() / "log"));
    ISOLAB_TRY(make_directories(slot.sockets(), 0700));
    ISOLAB_ASSIGN(auto watching, start_keeper(keeper, root, slot));
    start_libvirt((slot.folder() / "log" / "libvirt.log").string());
    const auto opening = begin_opening(*uri);
    ISOLAB_ASSIGN(ConnectionHandle handle, finish_opening(*opening, *uri, remote_deadline, stop));
    auto connection = std::make_shared<VirtConnection>(VirtConnection{std::move(slot), std::move(handle), *uri, root});
    connection->keeper = std::move(watching);
    look_at_server(*connection);
    connection->events = DomainEvents::listen(connection->handle.get());
    ISOLAB_TRY(destroy_leftover_domains(*connection));
    return connection;
}

Result<void> try_connection(const std::string& uri, const StopToken& stop) {
    start_libvirt("/dev/null");
    const auto opening = begin_opening(uri);
    ISOLAB_TRY(finish_opening(*opening, uri, remote_deadline, stop));
    return {};
}

Result<void> destroy_leftover_domains(const VirtConnection& connection) {
    // Names carry the slot; the domains of our own slot's predecessors are the ones whose process is surely dead.
    const std::string prefix = Slot::domain_prefix(connection.root) + std::to_string(connection.slot.number()) + "-";
    virDomainPtr* list = nullptr;
    const int count = virConnectListAllDomains(connection.handle.get(), &list, VIR_CONNECT_LIST_DOMAINS_ACTIVE);
    if (count < 0)
        return fail(libvirt_error("list the machines of", connection.uri));
    for (int i = 0; i < count; ++i) {
        const DomainHandle domain(list[i]);
        if (std::string(virDomainGetName(domain.get())).starts_with(prefix))
            virDomainDestroy(domain.get());
    }
    std::free(list); // NOLINT: libvirt's malloc(3)
    return {};
}

} // namespace isolab
