// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/lxc/lxc_server.h"

#include <array>
#include <cerrno>
#include <csignal>

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/text.h"
#include "virt/libvirt/libvirt_error.h"
#include "virt/libvirt/libvirt_library.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto daemon_start_deadline = seconds(20);
constexpr auto daemon_end_deadline = seconds(10);
constexpr std::size_t longest_word = 400;

/// Of every libvirtd.
constexpr std::array libvirt_folders{"/etc/libvirt", "/run/libvirt", "/var/lib/libvirt", "/var/log/libvirt"};

Result<void> hide(const char* folder) {
    if (::mkdir(folder, 0755) != 0 && errno != EEXIST)
        return fail_errno(errno, "create", folder);
    if (::mount("none", folder, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") != 0)
        return fail_errno(errno, "hide from libvirtd", folder);
    return {};
}

Result<void> prepare_namespace(const CgroupLayout& layout) {
    for (const char* folder : libvirt_folders)
        ISOLAB_TRY(hide(folder));
    if (layout.version == CgroupVersion::v1 && !layout.beside.empty() &&
        ::umount2(layout.beside.c_str(), MNT_DETACH) != 0)
        return fail_errno(errno, "hide from libvirtd", layout.beside);
    return {};
}

std::string configuration(const fs::path& sockets, const fs::path& log) {
    return "unix_sock_dir = \"" + sockets.string() +
           "\"\nunix_sock_rw_perms = \"0700\"\nauth_unix_ro = \"none\"\nauth_unix_rw = \"none\"\n"
           "log_outputs = \"3:file:" +
           log.string() + "\"\n";
}

/// As a value in a URI (RFC 3986).
std::string quoted(const std::string& path) {
    constexpr std::string_view plain = "/-._~";
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (const char character : path) {
        const auto byte = static_cast<unsigned char>(character);
        if (std::isalnum(byte) != 0 || plain.find(character) != std::string_view::npos)
            text += character;
        else
            text += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
    return text;
}

} // namespace

Result<std::unique_ptr<LxcServer>> LxcServer::start(const LxcPrograms& programs, const fs::path& scratch,
                                                    const StopToken& stop) {
    if (::geteuid() != 0)
        return fail(ErrorKind::permission_denied, "run LXC containers", {}, "libvirt's LXC driver is for root only",
                    "Run Isolab as root");
    ISOLAB_ASSIGN(WorkFolder folder, WorkFolder::create(scratch));
    std::unique_ptr<LxcServer> server(new LxcServer(std::move(folder), find_cgroup_layout()));
    if (server->socket().native().size() >= sizeof(sockaddr_un::sun_path))
        return fail(ErrorKind::invalid_argument, "run LXC containers in", scratch.string(),
                    "its name is too long for a socket", "Choose a shorter data folder with --root");
    ISOLAB_ASSIGN(server->mounts_, NamespaceThread::start());
    ISOLAB_TRY(server->mounts_->run([&] { return prepare_namespace(server->layout_); }));
    ISOLAB_TRY(server->start_daemon(programs));
    ISOLAB_TRY(server->connect(stop));
    return server;
}

Result<void> LxcServer::start_daemon(const LxcPrograms& programs) {
    const fs::path folder = folder_.path();
    ISOLAB_TRY(make_directories(folder / "run", 0700));
    ISOLAB_TRY(make_directories(folder / "drivers", 0700));
    if (::symlink(programs.driver.c_str(), (folder / "drivers" / programs.driver.filename()).c_str()) != 0)
        return fail_errno(errno, "link", programs.driver.string());
    ISOLAB_TRY(write_file_atomically(folder / "libvirtd.conf", configuration(folder / "run", log())));
    Command command;
    command.argv = {programs.daemon.string(),
                    "--config",
                    (folder / "libvirtd.conf").string(),
                    "--pid-file",
                    (folder / "pid").string(),
                    "--timeout",
                    "5"}; // without a connection, it ends by itself
    command.env = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
                   "LIBVIRT_DRIVER_DIR=" + (folder / "drivers").string()};
    command.new_session = true;
    ISOLAB_TRY(mounts_->run([&]() -> Result<void> {
        ISOLAB_ASSIGN(daemon_, spawn(command));
        return {};
    }));
    ISOLAB_ASSIGN(ServerGroup group, ServerGroup::create(layout_, daemon_->pid()));
    group_.emplace(std::move(group));
    return {};
}

Error LxcServer::log_says(const std::string& otherwise) const {
    std::string text = read_file(log(), 1U << 20U).value_or("");
    text.erase(text.find_last_not_of('\n') + 1);
    text = plain_text(text.substr(text.rfind('\n') + 1), longest_word);
    return {ErrorKind::unavailable, "start libvirtd for LXC containers", {}, text.empty() ? otherwise : text, {}};
}

Result<void> LxcServer::connect(const StopToken& stop) {
    start_libvirt(folder_.path() / "client-log");
    const std::string uri = "lxc:///system?socket=" + quoted(socket().string());
    const Nanoseconds deadline = monotonic_now() + daemon_start_deadline;
    for (;;) {
        ISOLAB_TRY(stop.check("start libvirtd"));
        if (std::error_code error; fs::exists(socket(), error))
            connection_.reset(virConnectOpen(uri.c_str()));
        if (connection_)
            return {};
        if (const auto ended = daemon_->wait({}, milliseconds(5)); ended)
            return fail(log_says("it ended with code " + std::to_string(ended->code)));
        if (monotonic_now() > deadline)
            return fail(log_says("it does not answer"));
    }
}

Nanoseconds LxcServer::cpu() const { return group_ ? group_->cpu() : Nanoseconds{0}; }

LxcServer::~LxcServer() {
    connection_.reset();
    if (daemon_) {
        daemon_->kill(SIGTERM);
        if (!daemon_->wait({}, daemon_end_deadline))
            daemon_->kill(SIGKILL);
    }
    daemon_.reset();
    group_.reset();
}

} // namespace isolab
