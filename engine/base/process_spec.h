// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace isolab {

/// The process to run, fully resolved: what both worlds execute, so that they execute the same.
/// Fields as `process` of the OCI runtime spec (config.md, "Process").
struct ProcessSpec {
    std::vector<std::string> args; ///< args[0] is searched in PATH of `env` when it has no slash
    std::vector<std::string> env;  ///< "NAME=value"
    std::string cwd = "/";         ///< absolute; created when missing
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::vector<std::uint32_t> additional_gids;
    int stop_signal = 15; ///< what asks it to end: the image's STOPSIGNAL, or SIGTERM; by number
};

/// What a process is kept from, the same in both worlds.
struct ProcessConfinement {
    /// A resource limit of setrlimit(2).
    struct Limit {
        int resource = 0; ///< RLIMIT_NOFILE and the like
        std::uint64_t soft = 0;
        std::uint64_t hard = 0;
    };

    std::uint64_t capabilities =
        ~std::uint64_t{0};          ///< bit N: number N of capabilities(7); what root has, and others may gain
    bool no_new_privileges = false; ///< prctl(2), PR_SET_NO_NEW_PRIVS
    std::vector<Limit> limits;
};

/// CPUs and memory that a workload may use, the same in both worlds.
struct ResourceLimits {
    unsigned cpus = 1;              ///< whole CPUs; container: quota, machine: virtual CPUs
    std::uint64_t memory_bytes = 0; ///< 0: not limited (containers only)
};

/// How a process ended: wait(2) translated.
struct ExitStatus {
    int code = 0;               ///< exit code; 128 + signal when killed, as shells report it
    int signal = 0;             ///< terminating signal, 0 when it exited by itself
    bool out_of_memory = false; ///< the kernel's OOM killer ended it
};

} // namespace isolab
