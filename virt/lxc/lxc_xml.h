// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/process_spec.h"

namespace isolab {

/// One container as libvirt's LXC driver is told of it. A value.
struct LxcSpec {
    std::string name;           ///< of the domain
    std::filesystem::path root; ///< mounted already
    ResourceLimits limits;      ///< memory_bytes must be given
};

/// The domain's XML (libvirt, formatdomain.html and drvlxc.html). Its init is the file that is passed to it as the
/// second descriptor, the first is its channel; its network is its own and has nothing but the loopback. Pure.
std::string lxc_xml(const LxcSpec& spec);

} // namespace isolab
