// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <unistd.h>

#include "engine/base/subprocess.h"
#include "engine/rootfs/overlay_paths.h"
#include "engine/rootfs/snapshotter.h"

namespace isolab::test {

/// Runs a shell script in a container's root, as its processes would: through overlayfs, mounted in a mount namespace
/// of its own, as root or as root of a user namespace. What it printed.
inline Result<std::string> write_in(const Snapshot& snapshot, const std::string& script) {
    std::string text = "cd '" + snapshot.root.string() + "'\n" + script;
    if (!snapshot.lowers.empty()) {
        std::vector<std::string> lowers;
        for (const auto& lower : snapshot.lowers)
            lowers.push_back(lower.string());
        text = "mount -t overlay overlay -o '" + std::string(snapshot.user_attributes ? "userxattr," : "") +
               "lowerdir=" + join_lower_directories(lowers) + ",upperdir=" + snapshot.upper.string() +
               ",workdir=" + snapshot.work.string() + "' '" + snapshot.root.string() + "'\n" + text;
    }
    return run_checked({"unshare", ::geteuid() == 0 ? "-m" : "-Urm", "sh", "-ec", text});
}

} // namespace isolab::test
