// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>

namespace isolab::launcher {

/// Receives what the user should know although the start goes on.
using Warn = std::function<void(std::string)>;

} // namespace isolab::launcher
