// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "engine/runtime/runtime_process.h"

namespace isolab {

/// "RLIMIT_NOFILE" to the number that setrlimit(2) takes; empty for an unknown name.
std::optional<int> resource_number(std::string_view name) noexcept;

/// The limits that this process has.
std::vector<ResourceLimit> own_resource_limits();

} // namespace isolab
