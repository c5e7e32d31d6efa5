// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "engine/base/error.h"

namespace isolab {

/// What libvirt's LXC driver consists of here.
struct LxcPrograms {
    std::filesystem::path daemon; ///< libvirtd(8)
    std::filesystem::path driver; ///< the module that it loads
};

/// unavailable, with the package, when one is missing.
Result<LxcPrograms> find_lxc_programs();

} // namespace isolab
