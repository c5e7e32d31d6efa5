// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a container's supervisor and its clients say to each other: packets of a SOCK_SEQPACKET socket, a letter and
// what follows it. Both ends are of one build, on one machine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace isolab {

/// Beside the container's documents.
inline constexpr const char* supervisor_socket = "supervisor.sock";
inline constexpr const char* supervision_order_file = "order.json";
inline constexpr const char* supervision_report_file = "report.json";
inline constexpr const char* output_log_file = "output.log";

/// Largest packet, bytes.
inline constexpr std::size_t supervisor_packet_limit = 32768;

/// First letter of a packet from a client.
enum class ClientWord : char {
    attach = 'a', ///< letters follow: 'o' send me the output from now on, 'i' I give the input, 'k' keep all of it for
                  ///< me: the workload waits rather than that I lose any
    input = 'i',  ///< bytes for the workload's standard input; none: the end of it
    resize = 'w', ///< "ROWS COLUMNS" in decimal digits
    signal = 's', ///< a number in decimal digits, for the first process
    stop = 't',   ///< the same, and it is not to be started again
    policy = 'p', ///< a new restart policy, as restart_policy_text()
};

/// First letter of a packet to a client.
enum class SupervisorWord : char {
    out = 'o',       ///< bytes of the workload's standard output, or its terminal
    err = 'e',       ///< of its standard error
    run_ended = 'r', ///< exit code in decimal digits; it will be started again
    ended = 'x',     ///< exit code; for good, the connection closes
    overtaken = 'v', ///< the client was too slow and was left behind; the connection closes
};

inline std::string packet(ClientWord word, std::string_view rest = {}) {
    return std::string(1, static_cast<char>(word)).append(rest);
}
inline std::string packet(SupervisorWord word, std::string_view rest = {}) {
    return std::string(1, static_cast<char>(word)).append(rest);
}

} // namespace isolab
