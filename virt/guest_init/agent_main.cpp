// SPDX-License-Identifier: GPL-3.0-or-later
//
// The agent: a service of a whole system (systemd's, as root) that runs the workload from a disk of its own, as the
// guest's first process of a machine without a system does, and has systemd power the machine off.
#include <cerrno>
#include <cstdio>

#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sched.h>
#include <x86intrin.h>

#include "virt/guest_init/agent.h"
#include "virt/guest_init/boot.h"
#include "virt/guest_init/channel.h"
#include "virt/guest_init/serve.h"
#include "virt/guest_init/shown_files.h"

namespace isolab::guest {
namespace {

constexpr const char* own_folder = "/run/isolab";
constexpr const char* workload_root = "/run/isolab/rootfs";
constexpr const char* shown_folder = "/run/isolab/shown";
constexpr int port_patience = 60; ///< seconds: udev may be loading the driver still

/// Mounts and host name are the workload's alone; the system keeps its own.
void leave_the_system() noexcept {
    if (::unshare(CLONE_NEWNS | CLONE_NEWUTS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        give_up(Step::mounts, errno, "/");
    ::mkdir(own_folder, 0755);
    if (::mkdir(shown_folder, 0700) != 0 && errno != EEXIST)
        give_up(Step::mounts, errno, shown_folder);
}

[[noreturn]] void run() noexcept {
    ::umask(022);
    avoid_out_of_memory_killer();
    ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); // the workload's orphans come to its parent, as in a machine without
    if (const int error = open_channel(channel_name, port_patience); error != 0)
        give_up(Step::modules, error, "virtio-serial port");
    const std::uint64_t system_start = find_system_start();
    if (system_start == 0)
        give_up(Step::protocol, ENODATA, "when systemd started: /dev/kmsg does not tell");
    say_hello(system_start, __rdtsc());
    Record record;
    Workload workload;
    receive_workload(record, workload);
    make_workload_group();
    leave_the_system();
    keep_files_in(shown_folder);
    char disk[64];
    find_workload_disk(disk, sizeof disk);
    switch_to_disk(disk, workload_root);
    note_disk_is_root();
    set_up_network(workload.hostname);
    serve_workload(workload);
}

} // namespace
} // namespace isolab::guest

int main() { isolab::guest::run(); }
