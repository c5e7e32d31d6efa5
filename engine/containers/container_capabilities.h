// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/runtime/runtime_process.h"

namespace isolab {

/// Changes of the default capabilities: names as in capabilities(7), with or without "CAP_", or "ALL".
struct CapabilityWish {
    bool privileged = false; ///< start from all capabilities
    std::vector<std::string> add;
    std::vector<std::string> drop;
};

/// The resulting sets. After dropping ALL, what is added remains; otherwise a capability that is both added and dropped
/// is dropped. A user other than root gets a bounding set only, and so no capability. invalid_argument for a name that
/// is not known.
Result<CapabilitySets> choose_capabilities(const CapabilityWish& wish, bool root);

} // namespace isolab
