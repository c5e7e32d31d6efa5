// SPDX-License-Identifier: GPL-3.0-or-later
//
// `process` of the OCI runtime specification 1.3 (config.md, "Process"): what the container's first process is, and
// what `exec` adds. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/process_spec.h"

namespace isolab {

/// A resource limit of setrlimit(2); `type` as in "RLIMIT_NOFILE".
struct ResourceLimit {
    std::string type;
    std::uint64_t soft = 0;
    std::uint64_t hard = 0;
};

/// The five capability sets, by name ("CAP_CHOWN").
struct CapabilitySets {
    std::vector<std::string> bounding;
    std::vector<std::string> effective;
    std::vector<std::string> permitted;
    std::vector<std::string> inheritable;
    std::vector<std::string> ambient;
};

/// In characters; as struct winsize of ioctl_tty(2).
struct TerminalSize {
    std::uint16_t rows = 0;
    std::uint16_t columns = 0;
};

/// Parameters of sched_setattr(2); `policy` as in "SCHED_BATCH", `flags` as in "SCHED_FLAG_RESET_ON_FORK".
struct SchedulerSettings {
    std::string policy;
    std::int32_t nice = 0;
    std::int32_t priority = 0;
    std::vector<std::string> flags;
    std::uint64_t runtime = 0; ///< nanoseconds, with the next two for SCHED_DEADLINE
    std::uint64_t deadline = 0;
    std::uint64_t period = 0;
};

/// Parameters of ioprio_set(2); `class_name` as in "IOPRIO_CLASS_BE", `priority` from 0 (first) to 7.
struct IoPriority {
    std::string class_name;
    int priority = 0;
};

/// CPU numbers in the form of cpuset(7), "0-3,7"; empty: left as it is.
struct CpuAffinity {
    std::string initial; ///< of the runtime's own process when it enters the container's control group
    std::string final;   ///< from then on
};

struct RuntimeProcess : ProcessSpec {
    bool terminal = false;
    std::optional<TerminalSize> console_size;
    bool no_new_privileges = false;
    std::optional<CapabilitySets> capabilities; ///< empty: none at all
    std::vector<ResourceLimit> rlimits;
    std::optional<int> oom_score_adj;
    std::optional<std::uint32_t> umask;
    std::optional<SchedulerSettings> scheduler;
    std::optional<IoPriority> io_priority;
    CpuAffinity affinity;
    std::string apparmor_profile; ///< empty: none
    std::string selinux_label;
};

} // namespace isolab
