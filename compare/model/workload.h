// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/json_fwd.h"
#include "engine/base/process_spec.h"

namespace isolab {

/// When a workload counts as started: a condition of the workload, the same in both worlds.
struct Readiness {
    enum class Kind { exit, log, tcp, http };
    Kind kind = Kind::exit;
    std::string pattern;    ///< log: ECMAScript regular expression, searched in each line of output
    std::uint16_t port = 0; ///< tcp, http
    std::string path = "/"; ///< http

    /// "exit", "log:REGEX", "tcp:PORT" or "http:PORT/PATH"; invalid_argument explains what is wrong.
    static Result<Readiness> parse(std::string_view text);
    std::string text() const; ///< the inverse of parse()
};

/// A question put to a ready service, to prove that it works: bytes sent to a port, text that must come back.
struct Exchange {
    std::uint16_t port = 0;
    std::string send;
    std::string expect;
};

/// A moment in a service's life at which it is measured again: what it is asked to do, and how long after its answer.
struct WorkloadStage {
    std::string id; ///< "load", "after": figures are "stage.load.memory", "stage.load.disk.unique", ...
    Exchange ask;
    std::chrono::nanoseconds settle{0};                           ///< between the answer and the measurement
    std::chrono::nanoseconds deadline = std::chrono::seconds(60); ///< of the answer
};

/// What is run in both worlds. A value.
struct Workload {
    std::string id;                   ///< "redis"
    std::string title;                ///< "Redis"
    std::string summary;              ///< one sentence
    std::string image;                ///< name or digest; "isolab/default" is the embedded one
    std::vector<std::string> command; ///< empty: the image's own
    std::vector<std::string> env;
    std::optional<std::string> cwd;
    std::optional<std::string> user;
    ResourceLimits limits{1, 256ULL << 20U};
    Readiness readiness;
    std::chrono::nanoseconds deadline = std::chrono::seconds(60); ///< from t0 until ready
    std::chrono::nanoseconds duration = std::chrono::seconds(1);  ///< watched after ready (not for exit)
    std::optional<Exchange> verify;
    std::vector<WorkloadStage> stages = {}; ///< in their order, once ready and verified; for services
    bool hidden = false;                    ///< a tool of experiments: found by its id, shown in no list
};

/// What is compared when nobody says what: a service of the embedded image, so that there is something to watch.
inline constexpr const char* default_workload_id = "http";

/// Reads one workload document (docs/workload.md); `subject` names it in errors.
Result<Workload> parse_workload(const Json& document, const std::string& subject);

/// All `*.json` of a folder, sorted by id. One broken file is an error that names it.
Result<std::vector<Workload>> load_workloads(const std::filesystem::path& folder);

/// Those that a list shows to a person: all that are not hidden, in their order. Pure.
std::vector<Workload> listed_workloads(const std::vector<Workload>& workloads);

/// Refuses what cannot work: no CPUs, more than the host has, memory below 64 MiB or more than the host has,
/// a bad readiness, no command name with NUL bytes; the message names the limit and the possible range.
Result<void> validate_workload(const Workload& workload, unsigned host_cpus, std::uint64_t host_memory_bytes);

} // namespace isolab
