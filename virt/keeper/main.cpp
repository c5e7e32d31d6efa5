// SPDX-License-Identifier: GPL-3.0-or-later
//
// isolab-vm-keeper: no QEMU outlives the process that it works for, however that one ends.
//
//   FOLDER/qemu-system-x86_64 ARGUMENT...   a link to this program: becomes the QEMU that FOLDER/emulator links to,
//                                           which the kernel kills when its parent ends (virt/libvirt/bound_emulator.h)
//   isolab-vm-keeper ROOT SLOT              waits until the process of descriptor 3 (pidfd_open(2)) has ended, and
//                                           removes what it left in its place
//
// libvirt detaches QEMU, whose orphans the owner adopts (child_reaper.h) before they are told to go on: the parent is
// the owner by then. Its number comes in the environment, except when libvirt only asks QEMU what it can do.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "engine/base/parent_death.h"
#include "virt/libvirt/bound_emulator.h"
#include "virt/libvirt/slot.h"

namespace {

namespace fs = std::filesystem;
constexpr int owner_fd = 3;

int become_emulator(char** arguments) {
    const char* owner = std::getenv(isolab::owner_variable);
    isolab::die_with(owner != nullptr ? std::atoi(owner) : ::getppid());
    ::unsetenv(isolab::owner_variable);
    std::error_code error;
    std::string emulator = fs::read_symlink(fs::path(arguments[0]).parent_path() / isolab::emulator_link, error);
    arguments[0] = emulator.data();
    ::execv(emulator.c_str(), arguments);
    std::fprintf(stderr, "cannot start QEMU at %s: %s\n", emulator.c_str(), std::strerror(errno));
    return 127;
}

int clean_up_after_owner(const fs::path& root, unsigned slot) {
    for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM}) // it ends with its owner, and not before
        ::signal(signal, SIG_IGN);
    pollfd owner{owner_fd, POLLIN, 0};
    while (::poll(&owner, 1, -1) < 0 && errno == EINTR) {
    }
    if ((owner.revents & POLLIN) == 0) // POLLHUP comes with it when the owner was reaped already
        return 2;
    return isolab::Slot::clean_up(root, slot) ? 0 : 1;
}

} // namespace

int main(int count, char** arguments) {
    if (count > 0 && std::string(arguments[0]).ends_with(isolab::bound_name))
        return become_emulator(arguments);
    if (count == 3 && ::chdir("/") == 0)
        return clean_up_after_owner(arguments[1], static_cast<unsigned>(std::atoi(arguments[2])));
    std::fputs("usage: isolab-vm-keeper ROOT SLOT\n", stderr);
    return 2;
}
