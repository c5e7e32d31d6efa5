// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "resources/bench/kernel.h"

namespace isolab::bench {

/// All kernels in the order in which they run; `memory`, an older name of `latency`, comes last.
const std::vector<Kernel>& all_kernels();
/// Null when there is none of that name.
const Kernel* find_kernel(const std::string& name);

/// What isolab-bench is told to do.
struct Request {
    enum class Verb { measure, burn, hold, help, exit };
    Verb verb = Verb::measure;
    Order order;
    std::vector<const Kernel*> kernels; ///< measure: those named, or each once; burn: one
    bool seconds_given = false;         ///< burn: without, until it is told to stop
    int threads = 1;                    ///< burn: processes
    int port = 8080;                    ///< hold
    std::string error;                  ///< why the arguments are wrong; empty when they are not
};

extern const char* const usage;

/// Reads the arguments behind the program's name.
Request parse_arguments(const std::vector<std::string>& arguments);

/// `isolab-bench burn`: prints "burning KERNEL" once every process works, then keeps them busy until SIGTERM, SIGINT or
/// the end of the time. The exit code: 1 when a process could not work or ended.
int burn(const Request& request);

/// `isolab-bench hold`: serves until SIGTERM or SIGINT; what it does is in resources/README.md. The exit code: 1 when
/// it cannot listen.
int hold(const Request& request);

} // namespace isolab::bench
