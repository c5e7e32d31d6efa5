// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "engine/base/json_fwd.h"

namespace isolab {

/// What matters about this machine (the environment record): CPU model, count, flags of virtualisation, governor,
/// turbo, mitigations, memory, swap, KSM, THP, file system of the data folder, cgroup mode, nesting, kernel, versions
/// (Isolab's; those of a world are Backend::versions()). Read-only; unknown facts are null. Takes well under 50 ms.
Json record_environment(const std::filesystem::path& data_root);

/// The quickly changing part: load, pressure (PSI), available memory, free disk.
Json record_load(const std::filesystem::path& data_root);

/// The same with /proc and /sys looked for below `system_root` ("/" on a real machine).
Json environment_below(const std::filesystem::path& system_root, const std::filesystem::path& data_root);
Json load_below(const std::filesystem::path& system_root, const std::filesystem::path& data_root);

/// MemAvailable of this host, bytes; empty where it is not told.
std::optional<std::uint64_t> available_memory();

/// What an ordinary user may still write into the file system of a folder, bytes; empty where it is not told.
std::optional<std::uint64_t> free_disk(const std::filesystem::path& folder);

/// Share of the last ten seconds in which some process waited for memory (PSI), percent; empty where it is not told.
std::optional<double> memory_pressure();

} // namespace isolab
