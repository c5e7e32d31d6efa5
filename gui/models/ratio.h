// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "compare/model/comparison.h"

namespace isolab {

/// How many times the machine's median is the container's, whichever side the result names first; empty when it has no
/// such ratio.
std::optional<RatioSummary> machine_over_container(const ComparisonResult& result, const std::string& metric);

/// The side "vm" ran without hardware virtualisation.
bool machine_is_emulated(const ComparisonResult& result);

} // namespace isolab
