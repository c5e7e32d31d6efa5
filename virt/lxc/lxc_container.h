// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "virt/lxc/lxc.h"
#include "virt/lxc/lxc_server.h"

namespace isolab {

/// What containers are started with; outlives them.
struct LxcHost {
    LxcServer& server;
    const UniqueFd& program; ///< what is their init
    std::chrono::nanoseconds start_deadline;
};

/// LxcDriver::start().
Result<std::unique_ptr<LxcContainer>> start_lxc_container(const LxcHost& host, const LxcRequest& request,
                                                          InstanceObserver& observer, const StopToken& stop);

} // namespace isolab
