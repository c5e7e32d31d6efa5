// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

namespace isolab {

/// A file in a data folder that names the scope of its containers: see engine_scope.h.
inline constexpr const char* scope_record = "scope";

/// The group of the scope, below the mount point of cgroup2, as that file has it; empty: there is none.
std::string recorded_scope(const std::filesystem::path& data_folder);

} // namespace isolab
