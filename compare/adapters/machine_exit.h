// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compare/model/backend.h"
#include "virt/machine/machine.h"

namespace isolab {

inline InstanceExit instance_exit(const MachineExit& exit) {
    return {exit.status, exit.exited_at, exit.gone_at, exit.cpu_total, exit.peak_rss, exit.killed};
}

} // namespace isolab
