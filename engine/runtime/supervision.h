// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a container's supervisor is told to do, and what it reports: two documents in the container's folder. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/base/json_fwd.h"
#include "engine/base/process_identity.h"

namespace isolab {

/// When a workload that has ended is started again (docker run --restart).
enum class RestartMode : std::uint8_t {
    never,
    on_failure,     ///< after an exit code other than 0
    always,         ///< whatever it was, unless a user stopped it
    unless_stopped, ///< the same; the two differ when whole machines start again
};
struct RestartPolicy {
    RestartMode mode = RestartMode::never;
    unsigned maximum_retries = 0; ///< of on_failure; 0: any number

    bool operator==(const RestartPolicy&) const = default;
};

/// "no", "on-failure", "on-failure:3", "always", "unless-stopped", and back.
std::string restart_policy_text(const RestartPolicy& policy);
Result<RestartPolicy> parse_restart_policy(const std::string& text);

/// Whether a workload is started again that ended with `exit_code` after `restarts` restarts in a row. Pure.
bool is_restarted(const RestartPolicy& policy, int exit_code, unsigned restarts) noexcept;

/// How long to wait before that: 100 ms, doubled each time up to a minute; from the beginning after a run of more than
/// ten seconds. `previous`: 0 at first. Pure.
Nanoseconds restart_delay(Nanoseconds previous, Nanoseconds ran) noexcept;

/// A command that tells whether the workload is well (OCI images of Docker, "Healthcheck").
struct HealthCheck {
    std::vector<std::string> command; ///< in the container; exit code 0: healthy
    Nanoseconds interval = std::chrono::seconds(30);
    Nanoseconds timeout = std::chrono::seconds(30);
    Nanoseconds start_period{0};                          ///< failures in it do not count
    Nanoseconds start_interval = std::chrono::seconds(5); ///< between two while it lasts and nothing has succeeded
    unsigned retries = 3;                                 ///< failures in a row that make it unhealthy

    bool operator==(const HealthCheck&) const = default;
};

/// Bounds of the log of a container's output; files LOG, LOG.1, LOG.2 …, the oldest is removed.
struct LogLimits {
    bool enabled = true;
    std::uint64_t largest_file = 10U << 20U; ///< bytes
    unsigned files = 3;                      ///< at least 1

    bool operator==(const LogLimits&) const = default;
};

/// A name server at the container's loopback, which knows its neighbours (network/dns_server.h).
struct NameService {
    std::string network_namespace;    ///< file of the container's
    std::string attachments;          ///< folder of the networks' records
    std::vector<std::string> servers; ///< addresses of those that know all else, asked in their order

    bool operator==(const NameService&) const = default;
};

/// A checkpoint that the container goes on from, the first time, instead of beginning anew.
struct RestoreOrder {
    std::string images; ///< folder
    std::string criu;   ///< the program; empty: that of PATH
    bool tcp_established = false;
    bool external_unix_sockets = false;
    bool file_locks = false;

    bool operator==(const RestoreOrder&) const = default;
};

struct SupervisionOrder {
    RestartPolicy restart;
    std::optional<HealthCheck> health;
    LogLimits log;
    std::optional<NameService> names;
    std::optional<RestoreOrder> restore;
    bool standard_input = false; ///< the workload reads what clients send; otherwise nothing
    bool input_once = true;      ///< its input ends with that of the first client which had one
    bool init = false;           ///< a process of ours is the container's first, and reaps
    int stop_signal = 15;
    std::vector<std::string> at_end; ///< a program that is run when the container has ended for good; may be empty

    bool operator==(const SupervisionOrder&) const = default;
};

Json order_to_json(const SupervisionOrder& order);
Result<SupervisionOrder> order_from_json(const Json& document, const std::string& subject);

enum class SupervisionPhase : std::uint8_t {
    running,
    restarting, ///< it has ended and waits to be started again
    ended,
};

struct HealthProbe {
    std::string started; ///< utc_text()
    std::string ended;
    int exit_code = 0;
    std::string output; ///< at most 4 KiB

    bool operator==(const HealthProbe&) const = default;
};
struct HealthReport {
    std::string status = "starting"; ///< or "healthy", "unhealthy"
    unsigned failing_streak = 0;
    std::vector<HealthProbe> probes; ///< the last five

    bool operator==(const HealthReport&) const = default;
};

/// What became of a container. Written at each change; a reader that finds `running` has to check that the supervisor
/// lives.
struct SupervisionReport {
    SupervisionPhase phase = SupervisionPhase::running;
    pid_t supervisor = 0;
    ProcessIdentity process; ///< the container's first; pid 0 when there is none
    std::string started;     ///< utc_text(), of the last start
    std::string ended;       ///< of the last end; empty: never
    int exit_code = 0;
    int signal = 0;
    bool out_of_memory = false;
    std::string error; ///< why it could not be started (again)
    unsigned restarts = 0;
    bool stopped_by_user = false;
    std::optional<HealthReport> health;
    std::vector<std::string> warnings; ///< of the last start

    bool operator==(const SupervisionReport&) const = default;
};

Json report_to_json(const SupervisionReport& report);
Result<SupervisionReport> report_from_json(const Json& document, const std::string& subject);

} // namespace isolab
