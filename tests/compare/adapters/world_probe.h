// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

namespace isolab::test {

/// A script for the shell of busybox that prints what a process can find out about its world.
const char* probe_script() noexcept;

/// What it found, by the name of the finding.
using Findings = std::map<std::string, std::string>;
Findings findings_of(const std::string& output);

struct Difference {
    std::string condition; ///< key of the row of the contract that tells of it; "no condition" when none does
    std::string text;
};

/// What differs, less what is another each time (process numbers, counters). Also when one of them stopped early.
std::vector<Difference> differences(const Findings& here, const Findings& there);

} // namespace isolab::test
