// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/systemd_scope.h"

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/cgroup/cgroup_files.h"
#include "engine/cgroup/cgroup_tree.h"

namespace isolab {
namespace {

constexpr const char* library_name = "libsystemd.so.0";
constexpr const char* service = "org.freedesktop.systemd1";
constexpr const char* manager_path = "/org/freedesktop/systemd1";
constexpr const char* manager_interface = "org.freedesktop.systemd1.Manager";
constexpr std::string_view unit_exists = "org.freedesktop.systemd1.UnitExists";

// The part of sd-bus(3) that is used. Its functions are called by pointers, so that no header of it is needed.
struct Bus;
struct BusMessage;
struct BusSlot;
struct BusError {
    const char* name;
    const char* message;
    int need_free;
};
using MessageHandler = int (*)(BusMessage*, void*, BusError*);

struct SystemdLibrary {
    int (*bus_new)(Bus**);
    int (*set_address)(Bus*, const char*);
    int (*set_bus_client)(Bus*, int);
    int (*start)(Bus*);
    Bus* (*flush_close_unref)(Bus*);
    int (*match_signal)(Bus*, BusSlot**, const char*, const char*, const char*, const char*, MessageHandler, void*);
    int (*new_method_call)(Bus*, BusMessage**, const char*, const char*, const char*, const char*);
    int (*append)(BusMessage*, const char*, ...);
    int (*open_container)(BusMessage*, char, const char*);
    int (*close_container)(BusMessage*);
    int (*call)(Bus*, BusMessage*, std::uint64_t, BusError*, BusMessage**);
    int (*read)(BusMessage*, const char*, ...);
    BusMessage* (*message_unref)(BusMessage*);
    void (*error_free)(BusError*);
    int (*process)(Bus*, BusMessage**);
    int (*wait)(Bus*, std::uint64_t);
};

template <class Function> bool find_symbol(void* library, const char* name, Function& into) {
    into = reinterpret_cast<Function>(::dlsym(library, name)); // NOLINT: how dlsym(3) is meant to be used
    return into != nullptr;
}

/// Stays loaded until the program ends.
Result<SystemdLibrary> load_library() {
    const auto missing = [](const char* what) {
        return fail(ErrorKind::unavailable, "talk to systemd", {}, std::string(what) + " was not found",
                    "Install the package libsystemd0 or systemd-libs");
    };
    void* const library = ::dlopen(library_name, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr)
        return missing(library_name);
    SystemdLibrary found{};
    const bool complete =
        find_symbol(library, "sd_bus_new", found.bus_new) &&
        find_symbol(library, "sd_bus_set_address", found.set_address) &&
        find_symbol(library, "sd_bus_set_bus_client", found.set_bus_client) &&
        find_symbol(library, "sd_bus_start", found.start) &&
        find_symbol(library, "sd_bus_flush_close_unref", found.flush_close_unref) &&
        find_symbol(library, "sd_bus_match_signal", found.match_signal) &&
        find_symbol(library, "sd_bus_message_new_method_call", found.new_method_call) &&
        find_symbol(library, "sd_bus_message_append", found.append) &&
        find_symbol(library, "sd_bus_message_open_container", found.open_container) &&
        find_symbol(library, "sd_bus_message_close_container", found.close_container) &&
        find_symbol(library, "sd_bus_call", found.call) && find_symbol(library, "sd_bus_message_read", found.read) &&
        find_symbol(library, "sd_bus_message_unref", found.message_unref) &&
        find_symbol(library, "sd_bus_error_free", found.error_free) &&
        find_symbol(library, "sd_bus_process", found.process) && find_symbol(library, "sd_bus_wait", found.wait);
    if (!complete)
        return missing("sd-bus in libsystemd");
    return found;
}

/// The end of a job of systemd's, as its signal JobRemoved tells it. Jobs may end before their number is known.
struct JobWatch {
    const SystemdLibrary* library;
    std::string unit;
    std::string result; ///< "done"; empty: not ended yet
};

int take_job_removed(BusMessage* message, void* data, BusError*) {
    auto* watch = static_cast<JobWatch*>(data);
    std::uint32_t number = 0;
    const char* job = nullptr;
    const char* unit = nullptr;
    const char* result = nullptr;
    if (watch->library->read(message, "uoss", &number, &job, &unit, &result) >= 0 && watch->unit == unit)
        watch->result = result;
    return 0;
}

class Manager {
  public:
    Manager(const SystemdLibrary& library, const ScopeRequest& request)
        : library_(library), request_(request), deadline_(monotonic_now() + request.patience),
          bus_(nullptr, library.flush_close_unref), watch_{&library, request.name, {}} {}

    Result<void> connect(const std::string& address) {
        Bus* bus = nullptr;
        if (const int made = library_.bus_new(&bus); made < 0)
            return fail_errno(-made, "connect to systemd");
        bus_.reset(bus);
        int done = library_.set_address(bus, address.c_str());
        if (done >= 0)
            done = library_.set_bus_client(bus, 1);
        if (done >= 0)
            done = library_.start(bus);
        if (done < 0)
            return fail(ErrorKind::unavailable, "connect to systemd at", address, std::strerror(-done));
        // The signal must be asked for first: the job may end before the answer to the call is read.
        done = library_.match_signal(bus, nullptr, service, manager_path, manager_interface, "JobRemoved",
                                     take_job_removed, &watch_);
        return done < 0 ? refused(-done) : Result<void>{};
    }

    Result<void> start_scope() {
        return call("StartTransientUnit", [this](BusMessage* message) { return append_request(message); });
    }

    Result<void> attach_process(const std::string& subgroup) {
        return call("AttachProcessesToUnit", [&](BusMessage* message) {
            return library_.append(message, "ssau", request_.name.c_str(), subgroup.c_str(), 1,
                                   static_cast<std::uint32_t>(request_.process));
        });
    }

    Result<void> await_job() {
        while (watch_.result.empty()) {
            const auto left = std::chrono::duration_cast<std::chrono::microseconds>(deadline_ - monotonic_now());
            if (left.count() <= 0)
                return refused(ETIMEDOUT);
            int done = library_.process(bus_.get(), nullptr);
            if (done == 0)
                done = library_.wait(bus_.get(), static_cast<std::uint64_t>(left.count()));
            if (done < 0 && done != -EINTR)
                return refused(-done);
        }
        if (watch_.result != "done")
            return refused(0, "its job ended with \"" + watch_.result + "\"");
        return {};
    }

  private:
    template <class Append> Result<void> call(const char* method, Append append) {
        BusMessage* message = nullptr;
        int done = library_.new_method_call(bus_.get(), &message, service, manager_path, manager_interface, method);
        if (done < 0)
            return refused(-done);
        const std::unique_ptr<BusMessage, BusMessage* (*)(BusMessage*)> owner(message, library_.message_unref);
        if (done = append(message); done < 0)
            return refused(-done);
        BusError error{};
        const auto left = std::chrono::duration_cast<std::chrono::microseconds>(deadline_ - monotonic_now());
        BusMessage* reply = nullptr;
        done = library_.call(bus_.get(), message, static_cast<std::uint64_t>(left.count()), &error, &reply);
        if (reply != nullptr)
            library_.message_unref(reply);
        const std::string reason = error.message != nullptr ? error.message : "";
        const bool exists = error.name != nullptr && std::string_view(error.name) == unit_exists;
        library_.error_free(&error);
        if (exists)
            return fail(ErrorKind::already_exists, "start systemd scope", request_.name, reason);
        return done < 0 ? refused(-done, reason) : Result<void>{};
    }

    int append_request(BusMessage* message) const {
        int done = library_.append(message, "ss", request_.name.c_str(), "fail");
        if (done >= 0)
            done = library_.open_container(message, 'a', "(sv)");
        if (done >= 0)
            done = library_.append(message, "(sv)", "Description", "s", request_.description.c_str());
        if (done >= 0 && !request_.slice.empty())
            done = library_.append(message, "(sv)", "Slice", "s", request_.slice.c_str());
        if (done >= 0)
            done = library_.append(message, "(sv)", "PIDs", "au", 1, static_cast<std::uint32_t>(request_.process));
        for (const char* flag : {"Delegate", "CPUAccounting", "MemoryAccounting", "TasksAccounting", "IOAccounting"})
            if (done >= 0)
                done = library_.append(message, "(sv)", flag, "b", 1);
        if (done >= 0) // nothing stays in the list of units when it has ended badly
            done = library_.append(message, "(sv)", "CollectMode", "s", "inactive-or-failed");
        if (done >= 0)
            done = library_.close_container(message);
        return done < 0 ? done : library_.append(message, "a(sa(sv))", 0); // no auxiliary units
    }

    Result<void> refused(int error_number, const std::string& reason = {}) const {
        if (error_number == ETIMEDOUT)
            return fail(ErrorKind::timeout, "start systemd scope", request_.name,
                        "systemd did not answer in " + std::to_string(request_.patience.count()) + " s");
        if (!reason.empty())
            return fail(ErrorKind::system, "start systemd scope", request_.name, reason);
        return fail_errno(error_number, "start systemd scope", request_.name);
    }

    const SystemdLibrary& library_;
    const ScopeRequest& request_;
    Nanoseconds deadline_;
    std::unique_ptr<Bus, Bus* (*)(Bus*)> bus_;
    JobWatch watch_;
};

std::string bus_address(const ScopeRequest& request) {
    const char* const runtime = std::getenv("XDG_RUNTIME_DIR"); // NOLINT(concurrency-mt-unsafe): nobody sets it
    return !request.address.empty() ? request.address
                                    : default_bus_address(::geteuid() == 0, runtime != nullptr ? runtime : "");
}

} // namespace

bool systemd_manages(const std::string& runtime_directory) {
    struct stat status {};
    return ::lstat(runtime_directory.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

std::string default_bus_address(bool root, const std::string& runtime_directory) {
    return root ? "unix:path=/run/dbus/system_bus_socket" : "unix:path=" + runtime_directory + "/bus";
}

Result<void> start_delegated_scope(const ScopeRequest& request) {
    ISOLAB_ASSIGN(const SystemdLibrary library, load_library());
    Manager manager(library, request);
    ISOLAB_TRY(manager.connect(bus_address(request)));
    ISOLAB_TRY(manager.start_scope());
    return manager.await_job();
}

Result<void> join_delegated_scope(const ScopeRequest& request, const std::string& subgroup) {
    ISOLAB_ASSIGN(const SystemdLibrary library, load_library());
    Manager manager(library, request);
    ISOLAB_TRY(manager.connect(bus_address(request)));
    return manager.attach_process(subgroup);
}

Result<void> make_room_in_group(const std::string& directory) {
    const std::string supervisor = directory + "/supervisor";
    if (::mkdir(supervisor.c_str(), 0755) != 0 && errno != EEXIST)
        return fail_errno(errno, "create control group", supervisor);
    constexpr int rounds = 100; // processes may fork meanwhile
    for (int round = 0; round < rounds; ++round) {
        const auto pids = processes_of_group(directory);
        if (pids.empty())
            return {};
        for (const pid_t pid : pids) {
            const int refused = try_write_cgroup_file(supervisor + "/cgroup.procs", std::to_string(pid));
            if (refused != 0 && refused != ESRCH)
                return fail_errno(refused, "move process " + std::to_string(pid) + " into control group", supervisor);
        }
    }
    return fail(ErrorKind::system, "empty control group", directory, "its processes start others all the time");
}

} // namespace isolab
