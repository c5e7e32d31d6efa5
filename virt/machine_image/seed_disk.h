// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "engine/base/error.h"
#include "engine/base/stop.h"

namespace isolab {

/// Label by which guests find a seed disk: that of cloud-init's data source NoCloud.
inline constexpr const char* seed_label = "cidata";
/// Where guests mount it, and the program on it that they start.
inline constexpr const char* seed_folder = "/run/isolab/seed";
inline constexpr const char* seed_agent = "isolab-agent";

/// What a machine is told at its start by a small second disk.
struct SeedContent {
    std::string instance_id;     ///< another one for each machine: cloud-init runs its commands once for each
    std::string hostname;        ///< empty: the image's
    std::filesystem::path agent; ///< program to start inside, as root; empty: none
    std::map<std::string, std::string> files; ///< further ones by name, for the agent
};

/// The documents of NoCloud (cloud-init's documentation, "NoCloud"): meta-data, and user-data which has the agent
/// started by systemd under the name that the unit of our own images has. Pure.
std::string seed_meta_data(const SeedContent& content);
std::string seed_user_data(const SeedContent& content);

/// Makes `disk`, a new vfat file system (mode 0600) with meta-data, user-data, the agent and the files, by mkfs.vfat(8)
/// and mcopy(1); nothing is mounted. Machines with a unit of ours (guest_units.h) and those with cloud-init mount it at
/// seed_folder and start the agent.
///
/// invalid_argument for an id or host name with other characters than letters, digits, '-' and '.', and for files that
/// would take the place of others; unavailable, with the packages, without the programs; not_found without the agent.
Result<void> make_seed_disk(const std::filesystem::path& disk, const SeedContent& content, const StopToken& stop);

} // namespace isolab
