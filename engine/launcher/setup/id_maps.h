// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <sys/types.h>

#include "engine/base/error.h"
#include "engine/runtime/runtime_spec.h"

namespace isolab::launcher {

/// Gives the user namespace of `pid` its ids (user_namespaces(7)). Root, and a user who maps nothing but one own id,
/// write the maps directly; otherwise newuidmap(1) and newgidmap(1) do, both at once.
Result<void> write_id_maps(pid_t pid, const std::vector<IdMapping>& uids, const std::vector<IdMapping>& gids);

/// The same by a process in a user namespace that has these ids itself, for one whose user namespace is below it.
Result<void> write_inherited_id_maps(pid_t pid, const std::vector<IdMapping>& uids, const std::vector<IdMapping>& gids);

/// Whether nothing is mapped but one own id each.
bool maps_only_caller(const std::vector<IdMapping>& uids, const std::vector<IdMapping>& gids);

} // namespace isolab::launcher
