// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/runtime/runtime_process.h"

namespace isolab {

/// Changes of the default capabilities: names as in capabilities(7), with or without "CAP_", or "ALL".
struct CapabilityWish {
    bool privileged = false; ///< begin with all that there are
    std::vector<std::string> add;
    std::vector<std::string> drop;
};

/// The sets that they come to. Dropping ALL leaves what is added; otherwise what is dropped stays dropped. A user other
/// than root has a bounding set only, as it gains no capability. invalid_argument for a name that is not known.
Result<CapabilitySets> choose_capabilities(const CapabilityWish& wish, bool root);

} // namespace isolab
