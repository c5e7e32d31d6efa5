// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/guest_init/boot.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <linux/openat2.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "virt/guest_init/channel.h"

namespace isolab::guest {
namespace {

void bring_loopback_up() noexcept {
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{};
    std::memcpy(request.ifr_name, "lo", sizeof "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    if (fd < 0 || ::ioctl(fd, SIOCSIFFLAGS, &request) != 0)
        give_up(Step::network, errno, "lo");
    ::close(fd);
}

/// Inside the image's own disk: links lead neither out of it nor to the kernel's file systems.
int open_etc() noexcept {
    open_how how{};
    how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS;
    return static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, "/etc", &how, sizeof how));
}

/// A container has what the image has there, so nothing that is there is changed or followed, and a workload that needs
/// no names starts where they cannot be written.
void write_hosts(const char* hostname) noexcept {
    ::mkdir("/etc", 0755);
    const int etc = open_etc();
    if (etc < 0)
        return;
    struct stat status {};
    const bool missing = ::fstatat(etc, "hosts", &status, AT_SYMLINK_NOFOLLOW) != 0;
    const bool empty = !missing && S_ISREG(status.st_mode) && status.st_size == 0;
    const int fd =
        missing || empty ? ::openat(etc, "hosts", O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644) : -1;
    ::close(etc);
    if (fd < 0)
        return;
    char text[400]; // as the engine's render_hosts_file() has it
    const int size =
        std::snprintf(text, sizeof text,
                      "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.1.1\t%s\n", hostname);
    if (::write(fd, text, static_cast<std::size_t>(size)) != size) [[maybe_unused]]
        const auto emptied = ::ftruncate(fd, 0); // rather none than half a name
    ::close(fd);
}

} // namespace

void load_modules() noexcept {
    for (int number = 0; number < 100; ++number) {
        char path[32];
        std::snprintf(path, sizeof path, "/modules/%02d.ko", number);
        const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0 && errno == ENOENT)
            return;
        if (fd < 0)
            give_up(Step::modules, errno, path);
        if (::syscall(SYS_finit_module, fd, "", 0) != 0 && errno != EEXIST)
            give_up(Step::modules, errno, path);
        ::close(fd);
        ::unlink(path); // its memory is the workload's
    }
}

void set_up_network(const char* hostname) noexcept {
    bring_loopback_up();
    if (*hostname == '\0')
        return;
    if (::sethostname(hostname, std::strlen(hostname)) != 0)
        give_up(Step::network, errno, "host name");
    write_hosts(hostname);
}

} // namespace isolab::guest
