// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/guest_init/boot.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "virt/guest_init/channel.h"
#include "virt/guest_init/shown_files.h"

namespace isolab::guest {
namespace {

/// The first network card, where there is one, gets the address that QEMU's own network has for it.
void bring_card_up() noexcept {
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{};
    std::memcpy(request.ifr_name, "eth0", sizeof "eth0");
    if (fd < 0 || ::ioctl(fd, SIOCGIFFLAGS, &request) != 0) { // there is none
        ::close(fd);
        return;
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(0x0a00020f); // 10.0.2.15
    std::memcpy(&request.ifr_addr, &address, sizeof address);
    bool up = ::ioctl(fd, SIOCSIFADDR, &request) == 0;
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    up = up && ::ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    if (!up)
        give_up(Step::network, errno, "eth0");
    ::close(fd);
}

void bring_loopback_up() noexcept {
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{};
    std::memcpy(request.ifr_name, "lo", sizeof "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    if (fd < 0 || ::ioctl(fd, SIOCSIFFLAGS, &request) != 0)
        give_up(Step::network, errno, "lo");
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
    bring_card_up();
    if (*hostname == '\0')
        return;
    if (::sethostname(hostname, std::strlen(hostname)) != 0)
        give_up(Step::network, errno, "host name");
    show_names(hostname);
}

} // namespace isolab::guest
