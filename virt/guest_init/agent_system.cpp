// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/guest_init/agent.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "virt/guest_init/channel.h"

namespace isolab::guest {
namespace {

constexpr const char* own_line = "isolab-agent: started";

/// The text of a record of /dev/kmsg, "PRIORITY,NUMBER,MICROSECONDS,FLAGS;TEXT" (Linux, Documentation/ABI/testing/
/// dev-kmsg); null when it is none.
const char* text_of(const char* record, std::uint64_t& nanoseconds) noexcept {
    const char* text = std::strchr(record, ';');
    const char* number = std::strchr(record, ',');
    const char* time = number != nullptr ? std::strchr(number + 1, ',') : nullptr;
    if (text == nullptr || time == nullptr || time > text)
        return nullptr;
    nanoseconds = std::strtoull(time + 1, nullptr, 10) * 1000U;
    return text + 1;
}

bool is_greeting(const char* text) noexcept {
    return std::strncmp(text, "systemd[1]: systemd ", 20) == 0 &&
           std::strstr(text, "running in system mode") != nullptr;
}

bool has_serial(const char* disk) noexcept {
    char path[300];
    char serial[64] = "";
    std::snprintf(path, sizeof path, "/sys/block/%s/serial", disk);
    const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t count = fd < 0 ? -1 : ::read(fd, serial, sizeof serial - 1);
    ::close(fd);
    return count > 0 && std::strncmp(serial, workload_disk_serial, std::strlen(workload_disk_serial)) == 0;
}

bool look_for_disk(char* path, std::size_t size) noexcept {
    DIR* disks = ::opendir("/sys/block");
    bool found = false;
    while (const dirent* entry = disks != nullptr && !found ? ::readdir(disks) : nullptr) {
        found = std::strncmp(entry->d_name, "vd", 2) == 0 && has_serial(entry->d_name);
        if (found)
            std::snprintf(path, size, "/dev/%.32s", entry->d_name);
    }
    if (disks != nullptr)
        ::closedir(disks);
    return found;
}

} // namespace

std::uint64_t find_system_start() noexcept {
    const int log = ::open("/dev/kmsg", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (log < 0)
        return 0;
    const std::uint64_t now = boot_time();
    const auto size = static_cast<ssize_t>(std::strlen(own_line));
    bool told = ::write(log, own_line, static_cast<std::size_t>(size)) == size;
    std::uint64_t greeting = 0;
    std::uint64_t ahead = 0; ///< of the log's clock
    static char record[8192];
    while (told) {
        const ssize_t count = ::read(log, record, sizeof record - 1);
        if (count < 0 && (errno == EPIPE || errno == EINTR)) // EPIPE: the oldest ones were overwritten meanwhile
            continue;
        if (count <= 0)
            break;
        record[count] = '\0';
        std::uint64_t at = 0;
        const char* text = text_of(record, at);
        if (text != nullptr && is_greeting(text))
            greeting = at;
        if (text == nullptr || std::strncmp(text, own_line, static_cast<std::size_t>(size)) != 0)
            continue;
        ahead = at > now ? at - now : 0;
        break;
    }
    ::close(log);
    return greeting > ahead ? greeting - ahead : 0;
}

void find_workload_disk(char* path, std::size_t size) noexcept {
    constexpr int rounds = 4000;
    for (int round = 0; round < rounds; ++round) {
        if (look_for_disk(path, size))
            return;
        ::usleep(500);
    }
    give_up(Step::root_disk, ENODEV, workload_disk_serial);
}

} // namespace isolab::guest
