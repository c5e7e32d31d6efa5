// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/guest_init/channel.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

#include "virt/guest_init/role.h"

namespace isolab::guest {
namespace {

int channel = -1;
bool tells_end = false; ///< `exited` or `failure` is on its way

constexpr int port_wait_us = 500;

bool has_name(const char* port, const char* name) noexcept {
    char path[300];
    char text[64] = "";
    std::snprintf(path, sizeof path, "/sys/class/virtio-ports/%s/name", port);
    const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t count = fd < 0 ? -1 : ::read(fd, text, sizeof text - 1);
    ::close(fd);
    text[count > 0 ? count : 0] = '\0';
    text[std::strcspn(text, "\n")] = '\0';
    return std::strcmp(text, name) == 0;
}

/// Writes the device path of a port into `path`; false while the kernel has not made it yet.
bool find_port(const char* name, char* path, std::size_t size) noexcept {
    DIR* ports = ::opendir("/sys/class/virtio-ports");
    if (ports == nullptr)
        return false;
    bool found = false;
    while (const dirent* entry = ::readdir(ports)) {
        if (std::strncmp(entry->d_name, "vport", 5) != 0 || (name != nullptr && !has_name(entry->d_name, name)))
            continue;
        std::snprintf(path, size, "/dev/%s", entry->d_name);
        found = ::access(path, F_OK) == 0;
    }
    ::closedir(ports);
    return found;
}

/// 0 or an errno value; EPIPE at the end.
int read_fully(char* into, std::size_t size) noexcept {
    while (size > 0) {
        const ssize_t count = ::read(channel, into, size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return count == 0 ? EPIPE : errno;
        into += count;
        size -= static_cast<std::size_t>(count);
    }
    return 0;
}

bool write_fully(const void* bytes, std::size_t size) noexcept {
    const char* next = static_cast<const char*>(bytes);
    while (size > 0) {
        const ssize_t count = ::write(channel, next, size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        next += count;
        size -= static_cast<std::size_t>(count);
    }
    return true;
}

} // namespace

std::uint64_t boot_time() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(now.tv_nsec);
}

int open_channel(const char* name, int seconds) noexcept {
    char path[300];
    int error = ENODEV;
    const std::uint64_t deadline = boot_time() + static_cast<std::uint64_t>(seconds) * 1'000'000'000U;
    while (boot_time() < deadline) {
        if (find_port(name, path, sizeof path)) {
            channel = ::open(path, O_RDWR | O_CLOEXEC);
            if (channel >= 0)
                return 0;
            error = errno;
        }
        ::usleep(port_wait_us);
    }
    return error;
}

void adopt_channel(int socket) noexcept {
    ::fcntl(socket, F_SETFD, FD_CLOEXEC);
    channel = socket;
}

int channel_fd() noexcept { return channel; }

void send_record(RecordKind kind, const void* head, std::size_t head_size, const void* tail, std::size_t tail_size,
                 std::uint8_t stream) noexcept {
    // One write for small records: each one is a round trip to QEMU.
    char small[4096];
    const RecordHeader header{static_cast<std::uint32_t>(head_size + tail_size), kind, stream, 0};
    std::memcpy(small, &header, sizeof header);
    std::size_t used = sizeof header;
    const auto append = [&](const void* bytes, std::size_t size) {
        if (size == 0)
            return true;
        if (used + size <= sizeof small) {
            std::memcpy(small + used, bytes, size);
            used += size;
            return true;
        }
        const bool sent = write_fully(small, used) && write_fully(bytes, size);
        used = 0;
        return sent;
    };
    if (!append(head, head_size) || !append(tail, tail_size) || !write_fully(small, used)) {
        std::fprintf(stderr, "isolab: cannot write to the host: %s\n", std::strerror(errno));
        power_off();
    }
    tells_end = tells_end || kind == RecordKind::exited || kind == RecordKind::failure;
}

void wait_received() noexcept {
    constexpr int silence_ms = 60'000;
    pollfd host{channel, POLLIN, 0};
    while (tells_end) {
        const int events = ::poll(&host, 1, silence_ms);
        if (events < 0 && errno == EINTR)
            continue;
        Record record;
        if (events <= 0 || receive_record(record) != 0)
            return;
        std::free(record.payload);
        tells_end = record.header.kind != RecordKind::received;
    }
}

int receive_record(Record& record) noexcept {
    char header[sizeof(RecordHeader)];
    if (const int error = read_fully(header, sizeof header); error != 0)
        return error;
    std::memcpy(&record.header, header, sizeof header);
    if (record.header.size > record_limit)
        return EBADMSG;
    record.payload = static_cast<char*>(std::malloc(record.header.size + 1U));
    if (record.payload == nullptr)
        return ENOMEM;
    if (const int error = read_fully(record.payload, record.header.size); error != 0)
        return error;
    record.payload[record.header.size] = '\0';
    return 0;
}

void give_up(Step step, int error, const char* subject) noexcept {
    if (channel >= 0) {
        const Failure failure{step, error};
        send_record(RecordKind::failure, &failure, sizeof failure, subject, std::strlen(subject));
    } else {
        std::fprintf(stderr, "isolab: step %u, %s: %s\n", static_cast<unsigned>(step), subject, std::strerror(error));
    }
    power_off();
}

} // namespace isolab::guest
