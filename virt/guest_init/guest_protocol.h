// SPDX-License-Identifier: GPL-3.0-or-later
//
// The language between the host and isolab-guest-init or isolab-guest-agent, spoken over one virtio-serial port. libc
// only, shared by both sides, which always run on the same architecture: structures travel as they lie in memory.
//
// Every record is a RecordHeader and `size` bytes of payload. The host sends `start` as soon as QEMU has connected
// (it waits in the socket until the guest opens the port); the guest begins with `hello`. A record that tells of
// a point in time carries a GuestStamp: the guest's clock at the event and when the record was sent, so that the host
// computes  event = arrival - (sent - happened).  Guest clocks give durations only, never points in time.
#pragma once

#include <cstdint>

namespace isolab::guest {

inline constexpr const char* channel_name = "isolab.0";                ///< of the port
inline constexpr const char* workload_disk_serial = "isolab-workload"; ///< of its disk, where there are others
inline constexpr int lxc_channel_fd = 3; ///< instead of a port, in a container of libvirt's LXC driver
inline constexpr int lxc_program_fd = 4; ///< there: what is executed as the first process
inline constexpr std::uint32_t protocol_version = 5;
inline constexpr std::uint32_t record_limit = 16U << 20U; ///< larger payloads are a broken stream
inline constexpr std::uint32_t output_limit = 65536;      ///< bytes of output in one record

enum class RecordKind : std::uint8_t {
    // guest to host
    hello = 1,          ///< Hello: init or agent runs and the channel is open
    setup_done = 2,     ///< GuestStamp: modules, mounts, network, user data are in place
    executed = 3,       ///< GuestStamp: execve(2) of the workload succeeded
    output = 4,         ///< bytes; RecordHeader::stream tells which stream
    probe_ready = 5,    ///< GuestStamp
    exited = 6,         ///< Exited: the workload's process ended; its output was sent before
    memory = 7,         ///< Memory: the answer to ask_memory
    exchange_reply = 8, ///< ExchangeReply, then the answer's text
    failure = 9,        ///< Failure, then the subject's text: the machine powers off once that was received
    synced = 10,        ///< Synced: the answer to sync
    // host to guest
    start = 64,      ///< Start, then the lists it announces
    ask_memory = 65, ///< no payload
    exchange = 66,   ///< Exchange, then the bytes to send, then the bytes to expect
    signal = 67,     ///< Signal to the workload
    sync = 68,       ///< Sync: write the page cache to the disk, sync(2)
    received = 69,   ///< no payload: all up to `exited` or `failure` has arrived, and the machine may end
};

struct RecordHeader {
    std::uint32_t size = 0; ///< of the payload
    RecordKind kind = RecordKind::hello;
    std::uint8_t stream = 0; ///< 1 standard output, 2 standard error
    std::uint16_t reserved = 0;
};

/// CLOCK_BOOTTIME of the guest, ns.
struct GuestStamp {
    std::uint64_t happened = 0;
    std::uint64_t sent = 0;
};

struct Hello {
    GuestStamp init;            ///< `happened`: first instruction of init; where systemd is init, its start
    std::uint64_t init_tsc = 0; ///< time stamp counter there; under TCG it counts from the start of the CPU
    std::uint32_t version = 0;  ///< protocol_version
    std::uint32_t cpus = 0;     ///< online
};

struct Exited {
    GuestStamp stamp;
    std::int32_t code = 0; ///< 128 + signal when killed
    std::int32_t signal = 0;
    std::uint32_t out_of_memory = 0;
    std::uint32_t reserved = 0;
    std::uint64_t user_us = 0, system_us = 0, peak_rss_bytes = 0; ///< of the workload and its reaped children
};

/// Fields of /proc/meminfo, bytes; they mean something when `error`, an errno(3) value, is 0.
struct Memory {
    std::int32_t error = 0;
    std::uint32_t reserved = 0;
    std::uint64_t total = 0, free = 0, available = 0, cached = 0, buffers = 0, anonymous = 0, slab = 0,
                  kernel_stack = 0, page_tables = 0, shmem = 0;
};

/// What could not be done; `error` is an errno(3) value.
enum class Step : std::uint32_t {
    modules,
    root_disk,
    mounts,
    network,
    user,
    directory,
    command,
    protocol,
    probe,
    limits
};
struct Failure {
    Step step = Step::protocol;
    std::int32_t error = 0;
};

/// A resource limit of setrlimit(2).
struct Limit {
    std::uint64_t soft = 0, hard = 0;
    std::int32_t resource = 0;
    std::uint32_t reserved = 0;
};

/// Followed by additional groups (uint32 each), Limit `limits` times, then NUL-ended strings: cwd, hostname, HTTP path
/// (empty: none), `args` arguments, `env` variables.
struct Start {
    std::uint32_t uid = 0, gid = 0;
    std::uint32_t groups = 0, args = 0, env = 0;
    std::uint32_t limits = 0, no_new_privileges = 0, reserved = 0;
    std::uint64_t capabilities = 0; ///< bit N: capability number N
    std::uint16_t probe_port = 0;   ///< 0: no readiness probe
    std::uint16_t probe_http = 0;   ///< not 0: ask HTTP
};

struct Exchange {
    std::uint32_t id = 0;
    std::uint32_t timeout_ms = 0;
    std::uint32_t send_size = 0;
    std::uint16_t port = 0;
    std::uint16_t reserved = 0;
};
struct ExchangeReply {
    std::uint32_t id = 0;
    std::int32_t error = 0; ///< 0: the expected bytes came
};

struct Signal {
    std::int32_t number = 0;
};

struct Sync {
    std::uint32_t id = 0;
};
struct Synced {
    std::uint32_t id = 0;
    std::int32_t error = 0; ///< 0: what was in the page cache when it was asked is on the disk
};

} // namespace isolab::guest
