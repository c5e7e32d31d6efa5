// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "compare/experiment.h"
#include "engine/base/json_fwd.h"

namespace isolab {

/// What matters about this machine (measurement.md of the design calls it the environment record): CPU model, count,
/// flags of virtualisation, governor, turbo, mitigations, memory, swap, KSM, THP, file system of the data folder,
/// cgroup mode, nesting, kernel, versions (Isolab's; those of a world are Backend::versions()). Read-only; unknown
/// facts are null. Takes well under 50 ms.
Json record_environment(const std::filesystem::path& data_root);

/// The quickly changing part: load, pressure (PSI), available memory, free disk.
Json record_load(const std::filesystem::path& data_root);

/// MemAvailable of this host, bytes; empty where it is not told.
std::optional<std::uint64_t> available_memory();

/// Judges a record: governor, battery, swap, load, pressure, low disk, debug build.
std::vector<Notice> guard(const Json& environment, const Json& load);

} // namespace isolab
