// SPDX-License-Identifier: GPL-3.0-or-later
//
// The last part of the way into a container, the same for its first process and for those that `exec` adds: from a
// process inside the container's namespaces to the program that it becomes.
#pragma once

#include "engine/launcher/setup/setup_channel.h"
#include "engine/launcher/setup/terminal.h"
#include "engine/launcher/setup/warnings.h"
#include "engine/launcher/setup/workload_program.h"
#include "engine/runtime/runtime_spec.h"
#include "engine/security/seccomp_program.h"

namespace isolab::launcher {

struct ProcessSetup {
    const RuntimeProcess& process;
    const SeccompProgram* seccomp = nullptr; ///< none: no filter
    const Terminal* terminal = nullptr;      ///< none: the caller's streams
    bool keep_standard_input = false;        ///< the caller's; otherwise nothing
    unsigned preserved_fds = 0;              ///< descriptors from 3 on that the program keeps
    int agent = -1;                          ///< socket of the filter's agent; -1: the filter notifies nobody
    const std::string& agent_message;        ///< what it is told
};

/// The process must not outlive the launcher. Changing the user clears this, so it is asked for again by
/// prepare_program().
void die_with_parent();
/// Takes that back.
void outlive_parent();

/// Leaves the launcher's signal handling and session: no terminal of the host's to push characters into
/// (CVE-2017-5226).
void leave_caller();

/// Sets limits, streams, working directory, scheduling and identity, and looks the program up as its user. Every
/// descriptor but the preserved ones closes on execution. A filter with an agent is loaded, other ones are not.
Result<WorkloadProgram> prepare_program(const ProcessSetup& setup, const Warn& warn);

/// Says that the setup is complete, loads the filter if it is not, and executes the program: nothing but execve(2) is
/// called below the filter, which need not know more. Returns only what went wrong.
Error execute_program(const ProcessSetup& setup, WorkloadProgram& program, const SetupChannel& channel);

} // namespace isolab::launcher
