// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <sys/stat.h>

#include "engine/launcher/setup/warnings.h"
#include "engine/rootfs/id_mapping.h"

namespace isolab::launcher {

/// What copies between the host and a container have, beside their content and times.
///
/// Into a container: root of the container as owner, or with `keep_all` the same numbers as on the host, and all
/// extended attributes. Out of it: the caller as owner, or, if the caller is root, with `keep_all` the container's
/// numbers. What could give rights on the host never leaves a container: set-user-id bits, capabilities, devices; into
/// one they go with their owner only.
struct CopyRules {
    bool into_container = false;
    bool keep_all = false;
    bool in_user_namespace = false; ///< this process is root of the container's user namespace, not of the host
    std::vector<IdMapping> uids;    ///< of the container; empty: its ids are the host's
    std::vector<IdMapping> gids;
    Warn warn;

    struct Owner {
        uid_t uid = 0;
        gid_t gid = 0;
    };

    /// What a copy is given to, as this process names it.
    Owner owner_of(const struct stat& source) const;

    /// Whom new files belong to in any case: the container's root, or the caller.
    Owner default_owner() const;

    mode_t permissions_of(const struct stat& source) const;
    bool keeps_attribute(std::string_view name) const;
    bool keeps_devices() const { return into_container && keep_all; }
};

} // namespace isolab::launcher
