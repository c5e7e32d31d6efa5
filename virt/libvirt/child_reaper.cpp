// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/libvirt/child_reaper.h"

#include <chrono>
#include <cstdlib>
#include <mutex>
#include <set>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/file_tree.h"

namespace isolab {
namespace {

std::mutex mutex;
int users = 0;
int former_setting = 0;

pid_t process_in(const std::filesystem::path& pid_file) {
    return std::atoi(read_file(pid_file, 64).value_or("0").c_str());
}

/// QEMU removes its file when it ends, so what was in it has to be remembered. One that is asked what it can do leaves
/// by itself (-daemonize): the process in between, which made its session, becomes an orphan as well. A domain's
/// session was made by a child for which libvirt waits.
void add_processes(const AdoptOrphans::PidFiles& pid_files, std::set<pid_t>& processes) {
    std::error_code error;
    for (std::filesystem::directory_iterator it(pid_files.folder, error), end; !error && it != end; it.increment(error))
        if (it->path().filename().string().starts_with("qmp-"))
            if (const pid_t probe = process_in(it->path() / "qmp.pid"); probe > 0)
                processes.insert({probe, ::getsid(probe)});
    if (!pid_files.file.empty())
        processes.insert(process_in(pid_files.file));
    std::erase_if(processes, [](pid_t pid) { return pid <= 0; }); // those mean other things to waitpid(2)
}

/// Reaps the processes of `pid_files` as soon as they have ended, until told to stop.
void reap_when_ended(const StopToken& stop, const AdoptOrphans::PidFiles& pid_files) {
    constexpr auto pause = std::chrono::milliseconds(20);
    for (std::set<pid_t> processes; !stop.wait_for(pause);) {
        add_processes(pid_files, processes);
        std::erase_if(processes, [](pid_t pid) { return ::waitpid(pid, nullptr, WNOHANG) == pid; });
    }
}

} // namespace

AdoptOrphans::AdoptOrphans(PidFiles pid_files) {
    const std::lock_guard lock(mutex);
    if (users++ == 0) {
        ::prctl(PR_GET_CHILD_SUBREAPER, &former_setting, 0, 0, 0);
        ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    }
    reaper_ =
        std::thread([stop = done_.token(), pid_files = std::move(pid_files)] { reap_when_ended(stop, pid_files); });
}

AdoptOrphans::~AdoptOrphans() {
    done_.request_stop();
    reaper_.join();
    const std::lock_guard lock(mutex);
    if (--users == 0)
        ::prctl(PR_SET_CHILD_SUBREAPER, former_setting, 0, 0, 0);
}

} // namespace isolab
