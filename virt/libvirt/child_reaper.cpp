// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/libvirt/child_reaper.h"

#include <chrono>
#include <cstdlib>
#include <mutex>

#include <sys/prctl.h>
#include <sys/wait.h>

#include "engine/base/file_tree.h"

namespace isolab {
namespace {

std::mutex mutex;
int users = 0;
int former_setting = 0;

/// Reaps the process of `pid_file` as soon as it has ended, until told to stop.
void reap_when_ended(const StopToken& stop, const std::filesystem::path& pid_file) {
    constexpr auto pause = std::chrono::milliseconds(20);
    for (pid_t pid = 0; !stop.wait_for(pause);) {
        if (pid == 0)
            pid = static_cast<pid_t>(std::atoi(read_file(pid_file, 64).value_or("0").c_str()));
        if (pid > 0 && ::waitpid(pid, nullptr, WNOHANG) == pid)
            return;
    }
}

} // namespace

AdoptOrphans::AdoptOrphans(std::filesystem::path pid_file) {
    const std::lock_guard lock(mutex);
    if (users++ == 0) {
        ::prctl(PR_GET_CHILD_SUBREAPER, &former_setting, 0, 0, 0);
        ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    }
    reaper_ = std::thread([stop = done_.token(), pid_file = std::move(pid_file)] { reap_when_ended(stop, pid_file); });
}

AdoptOrphans::~AdoptOrphans() {
    done_.request_stop();
    reaper_.join();
    const std::lock_guard lock(mutex);
    if (--users == 0)
        ::prctl(PR_SET_CHILD_SUBREAPER, former_setting, 0, 0, 0);
}

} // namespace isolab
