// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/host_size.h"

#include "engine/base/host_facts.h"

namespace isolab {

HostSize host_size() { return {online_cpu_count(), host_memory_bytes()}; }

} // namespace isolab
