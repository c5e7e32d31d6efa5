// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/json_fwd.h"

namespace isolab {

/// What measuring itself costs here and now: {"mark_ns", "memory_sample_ns"}, medians of a few hundred repetitions.
/// `mark_ns`: one mark from stamp to recorded; `memory_sample_ns`: reading smaps_rollup of this process once.
Json measure_overhead();

} // namespace isolab
