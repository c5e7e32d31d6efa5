// SPDX-License-Identifier: GPL-3.0-or-later
//
// An ordinary user's ids are mapped by two set-uid programs, which take longer than all else of a start. They need to
// run once only: a process of the user stays for a while in a user namespace that they gave ids, and hands that
// namespace out. A process in it may give the same ids to a user namespace below it; each container still gets one of
// its own.
#pragma once

#include <filesystem>
#include <vector>

#include "engine/base/unique_fd.h"
#include "engine/runtime/runtime_spec.h"

namespace isolab::launcher {

/// A user namespace (user_namespaces(7)) with exactly these ids, to be entered with setns(2); made, with its keeper,
/// where none is kept in the data folder `root` yet. Empty where this saves nothing or is impossible: for root, for one
/// own id, without a data folder, and when the ids cannot be mapped, which write_id_maps() then explains. The keeper
/// ends a minute after it was asked last, and soon after its folder is removed.
UniqueFd kept_user_namespace(const std::filesystem::path& root, const std::vector<IdMapping>& uids,
                             const std::vector<IdMapping>& gids);

} // namespace isolab::launcher
