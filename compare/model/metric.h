// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/clock.h"

namespace isolab {

/// One row of a memory table; its id, formula and meaning are the same in both worlds.
struct MemoryRow {
    std::string id;    ///< "workload_anonymous", "shared_files", "monitor", "guest_kernel", ...
    std::string title; ///< English, for reports: "guest kernel"
    std::uint64_t bytes = 0;
    std::string formula;      ///< where the figure comes from: "MemTotal - MemAvailable of the guest"
    bool in_headline = false; ///< part of host_cost
};

/// Memory of an instance at one moment.
struct MemorySample {
    Nanoseconds at{0};           ///< monotonic_now()
    std::uint64_t host_cost = 0; ///< headline, bytes; compare/adapters/memory_rows.h
    std::vector<MemoryRow> rows; ///< may be empty for samples of a series
};

/// Disk of an instance: shared + unique = allocated, always. Bytes.
struct DiskUse {
    std::uint64_t logical = 0, allocated = 0, shared = 0, unique = 0;
};

/// What was done once, before the first start: pull, unpack, disk build.
struct DeploymentStep {
    std::string id;    ///< "unpack-layers", "build-disk"
    std::string title; ///< "unpack layers"
    Nanoseconds duration{0};
    bool cached = false; ///< the result existed already
};

} // namespace isolab
