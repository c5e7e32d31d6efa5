// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "compare/model/backend.h"
#include "engine/base/json_fwd.h"

namespace isolab {

/// Judges a record: governor, battery, swap, load, pressure, low disk, debug build.
std::vector<Notice> guard(const Json& environment, const Json& load);

} // namespace isolab
