// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the launcher and its caller say to each other: one record per packet of a SOCK_SEQPACKET socket, in the byte
// order and layout of this machine (both ends are built together). The caller closing its end means: kill the
// container and clean up.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include <sys/types.h>

#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/base/instance.h"
#include "engine/base/process_spec.h"

namespace isolab {

/// Largest packet; texts beyond it are cut.
inline constexpr std::size_t launch_packet_limit = 65536;

/// A phase ended. `cpu`: used by the launcher and the container's first process.
struct MarkRecord {
    Phase phase = Phase::create;
    Nanoseconds at{0}; ///< CLOCK_MONOTONIC
    Nanoseconds cpu{0};
};
/// The container's first process exists.
struct StartedRecord {
    pid_t pid = -1;       ///< as the launcher sees it
    Nanoseconds spent{0}; ///< CPU time of processes that made it, are in no group of its, and have ended
};
/// The start failed; `exit_code` is what a command line reports (125, 126, 127). Followed by GoneRecord.
struct ErrorRecord {
    Error error;
    int exit_code = 125;
};
struct WarningRecord {
    std::string text;
};
struct ProbeReadyRecord {
    Nanoseconds at{0};
    Nanoseconds cpu{0};
};
/// The container's first process ended.
struct ExitRecord {
    ExitStatus status;
    Nanoseconds at{0};
    Nanoseconds cpu{0};         ///< of all the container's processes and the launcher
    std::uint64_t peak_rss = 0; ///< bytes, of the largest process
    std::optional<std::uint64_t> cgroup_peak;
};
/// Processes, mounts and control groups are gone; the launcher ends.
struct GoneRecord {
    Nanoseconds at{0};
    Nanoseconds cpu{0};
};
/// The answer to an ExchangeRequest of the same number.
struct ExchangeReply {
    std::uint32_t number = 0;
    int error = 0; ///< an errno value; 0: `reply` holds what was expected
    std::string reply;
};

/// Deliver a signal to the container's first process.
struct SignalRequest {
    int signal = 0;
};
/// Send bytes to a port on the container's loopback, wait for an answer that contains `expect`.
struct ExchangeRequest {
    std::uint32_t number = 0;
    std::uint16_t port = 0;
    std::uint32_t timeout_ms = 0;
    std::string send;
    std::string expect;
};

using LaunchRecord = std::variant<MarkRecord, StartedRecord, ErrorRecord, WarningRecord, ProbeReadyRecord, ExitRecord,
                                  GoneRecord, ExchangeReply, SignalRequest, ExchangeRequest>;

/// The packet of a record, and back. decode() gives an Error of kind corrupt for anything encode() does not make.
std::string encode(const LaunchRecord& record);
Result<LaunchRecord> decode(std::string_view packet);

/// Sends one record. Fails with EPIPE's error when the other end is closed; never raises SIGPIPE.
Result<void> send_record(int socket, const LaunchRecord& record);

/// Receives one record, waiting for it unless the socket is non-blocking; empty at the end of the stream.
Result<std::optional<LaunchRecord>> receive_record(int socket);

} // namespace isolab
