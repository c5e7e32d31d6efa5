// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "engine/launcher/launch/setup_child.h"
#include "engine/runtime/runtime_spec.h"

namespace isolab::launcher {

/// The ids of a container, for work on its files without it.
struct MappedIds {
    const std::vector<IdMapping>& uids;
    const std::vector<IdMapping>& gids;
};

/// A process that is root of a user namespace with these ids, which an ordinary user needs to reach what belongs to his
/// subordinate ids. `flags`: CLONE_NEW* of further namespaces that it gets for itself. `run` as SetupChild::clone().
/// `root`: the data folder, see kept_user_namespace().
Result<SetupChild> clone_with_ids(const std::filesystem::path& root, const MappedIds& ids, unsigned long long flags,
                                  const std::function<void(int)>& run);

} // namespace isolab::launcher
