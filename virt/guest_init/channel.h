// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

#include "virt/guest_init/guest_protocol.h"

namespace isolab::guest {

/// CLOCK_BOOTTIME, ns.
std::uint64_t boot_time() noexcept;

/// A stamp of something that happened at `happened` and is told now.
inline GuestStamp stamp(std::uint64_t happened) noexcept { return {happened, boot_time()}; }

/// Waits until the virtio-serial port of that name exists, at most `seconds`, and opens it; null: the machine's only
/// port, whose name the kernel may not know yet. 0 or an errno value.
int open_channel(const char* name, int seconds) noexcept;
/// Takes an open stream socket instead.
void adopt_channel(int socket) noexcept;
/// For poll(2); -1 before either.
int channel_fd() noexcept;

/// Sends one record whose payload is `head` followed by `tail`; blocks while the port's queue is full. Only the process
/// that opened it may send. A host that is gone ends the machine.
void send_record(RecordKind kind, const void* head, std::size_t head_size, const void* tail = nullptr,
                 std::size_t tail_size = 0, std::uint8_t stream = 0) noexcept;

struct Record {
    RecordHeader header;
    char* payload = nullptr; ///< malloc(3)'d, `size` bytes and a final NUL; the receiver's to free
};
/// Reads one record. 0, or an errno value: EPIPE when the host has closed its end, EBADMSG when the stream is broken.
int receive_record(Record& record) noexcept;

/// After `exited` or `failure` was sent: returns when the host has told that it received them, or when it is gone or
/// has said nothing for a minute. What a port's queue holds goes with the machine: write(2) does not wait until QEMU
/// has taken it, nor QEMU until the host has (__send_to_port() of Linux' drivers/char/virtio_console.c).
void wait_received() noexcept;

/// Tells the host (on the console when there is no channel yet) what failed, then powers off.
[[noreturn]] void give_up(Step step, int error, const char* subject) noexcept;

} // namespace isolab::guest
