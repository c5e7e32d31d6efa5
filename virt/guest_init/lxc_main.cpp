// SPDX-License-Identifier: GPL-3.0-or-later
//
// Init of a container of libvirt's LXC driver: libvirt has made namespaces, root, /proc, /sys and /dev; this adds what
// a container of ours has beside them, and runs the workload as the first process of a machine does. Its channel is a
// socket that libvirt passed on (virDomainCreateXMLWithFiles()), its program a file in memory that was passed as well:
// the image holds nothing of it.
#include <cerrno>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "virt/guest_init/boot.h"
#include "virt/guest_init/channel.h"
#include "virt/guest_init/serve.h"
#include "virt/guest_init/shown_files.h"

namespace isolab::guest {
namespace {

constexpr const char* shown_folder = "/dev/.isolab";

/// Files for the workload to see lie in a file system of their own, of which only they can be reached in the end.
void make_shown_folder() noexcept {
    if (::mkdir(shown_folder, 0700) != 0 ||
        ::mount("tmpfs", shown_folder, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0755,size=64k") != 0)
        give_up(Step::mounts, errno, shown_folder);
    keep_files_in(shown_folder);
}

void hide_shown_folder() noexcept {
    if (::umount2(shown_folder, MNT_DETACH) != 0 || ::rmdir(shown_folder) != 0)
        give_up(Step::mounts, errno, shown_folder);
}

/// What libvirt leaves behind, and what it does otherwise than for a container of ours.
void tidy_root() noexcept {
    ::rmdir("/.oldroot"); // where it had the host's root
    if (::mount(nullptr, "/dev/pts", nullptr, MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NOEXEC, nullptr) != 0)
        give_up(Step::mounts, errno, "/dev/pts");
}

[[noreturn]] void run(std::uint64_t started) noexcept {
    ::umask(022);
    ::close(lxc_program_fd);
    adopt_channel(lxc_channel_fd);
    say_hello(started, 0);
    Record record;
    Workload workload;
    receive_workload(record, workload);
    tidy_root();
    complete_devices();
    make_shown_folder();
    set_up_network(workload.hostname);
    hide_shown_folder();
    serve_workload(workload);
}

} // namespace
} // namespace isolab::guest

int main() { isolab::guest::run(isolab::guest::boot_time()); }
