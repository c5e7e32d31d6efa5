// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command_parser.h"
#include "compare/model/comparison.h"

namespace isolab {

/// What `isolab compare` was asked for, as typed.
struct CompareOptions {
    std::string workload = default_workload_id;
    std::vector<std::string> command; ///< behind "--"
    std::optional<unsigned> runs;
    std::optional<unsigned> warmup;
    std::optional<unsigned> cpus;
    std::optional<std::string> memory;
    std::optional<std::string> ready;
    std::optional<unsigned> deadline_s;
    std::vector<std::string> env;
    std::optional<std::string> user;
    std::optional<std::string> cwd;
    std::vector<std::string> sides{"container", "vm"};
    std::vector<std::string> ratios; ///< "OF/TO"
    std::uint64_t seed = 0;
    bool race = false;
    bool cold = false;

    bool operator==(const CompareOptions&) const = default;
};

/// Declares them; `options` must outlive the parser.
void declare_compare_options(CommandParser command, CompareOptions& options);

/// The plan for a workload of the catalogue (or an image) with the options applied. Pure. A command without --ready
/// counts as ready when it exits.
Result<ComparisonPlan> make_plan(Workload workload, const CompareOptions& options);

} // namespace isolab
