// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace isolab::launcher {

/// Where the arguments of this program are in its memory, which ps(1) shows. Call once, first.
void remember_arguments(int count, char** arguments) noexcept;

/// What ps(1) shows from now on; cut where the arguments ended. The arguments are gone then.
void set_process_title(const std::string& title) noexcept;

} // namespace isolab::launcher
