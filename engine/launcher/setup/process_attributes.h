// SPDX-License-Identifier: GPL-3.0-or-later
//
// Attributes of a process that the kernel keeps beside its identity.
#pragma once

#include <sys/types.h>

#include "engine/base/error.h"
#include "engine/runtime/runtime_spec.h"

namespace isolab::launcher {

/// Whether this kernel can do what the process asks for; otherwise an Error of kind unsupported that names the field
/// and what is lacking. Touches nothing of the process.
Result<void> check_attributes(const RuntimeProcess& process);

/// The same for a label; `field` is what asks for it.
Result<void> check_selinux_label(const std::string& label, const std::string& field);

/// Writes oom_score_adj of this process. Needs the host's /proc.
Result<void> set_oom_score(const RuntimeProcess& process);

/// Scheduler and I/O priority of this process (sched_setattr(2), ioprio_set(2)).
Result<void> set_scheduling(const RuntimeProcess& process);

/// sched_setaffinity(2) of a process; 0: this one. Empty `cpus`: nothing.
Result<void> set_affinity(pid_t pid, const std::string& cpus);

/// Memory policy and personality of this process.
Result<void> set_memory_policy(const std::optional<MemoryPolicy>& policy);
Result<void> set_personality(const std::optional<unsigned long>& personality);

/// AppArmor profile and SELinux label that the program which is executed next gets. Written through a procfs of its
/// own, which nothing of the container can stand in for (CVE-2025-52881).
Result<void> set_security_labels(const RuntimeProcess& process);

/// Numbers of a list as in cpuset(7), "0-3,7"; invalid_argument for anything else or above 4095.
Result<std::vector<unsigned>> parse_number_list(const std::string& text);

} // namespace isolab::launcher
