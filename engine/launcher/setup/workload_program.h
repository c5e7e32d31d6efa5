// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/process_spec.h"

namespace isolab::launcher {

/// The workload's program file, found and ready to be executed in this process.
class WorkloadProgram {
  public:
    WorkloadProgram(std::string path, const ProcessSpec& process);

    /// execve(2); returns only when the kernel refused.
    Error execute();

  private:
    std::string path_;
    std::vector<std::string> args_;
    std::vector<std::string> env_;
};

/// Looks args[0] up as this process, inside its root: a name with a slash as it is, any other in PATH of `env`.
/// not_found names the command and the PATH, permission_denied a file that cannot be executed.
Result<WorkloadProgram> find_workload(const ProcessSpec& process);

/// Enters `cwd`, made with its parents and given to the process's user when it is missing. Magic links of /proc are
/// refused and the result is verified to lie below the root (CVE-2024-21626).
Result<void> enter_working_directory(const ProcessSpec& process);

/// What shells report: 127 when the command does not exist, 126 when it cannot be executed, 125 for other errors.
int exit_code_of(const Error& error);

} // namespace isolab::launcher
