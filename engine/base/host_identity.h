// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace isolab {

/// What tells this machine and its user from all others.
struct HostIdentity {
    std::vector<std::string> names;           ///< host names, as the kernel and /etc/hostname have them
    std::vector<std::string> users;           ///< of this process and of who became it (sudo); root is none
    std::vector<std::string> numbers;         ///< machine-id(5), boot id, serials of DMI and of disks, MAC addresses
    std::vector<std::filesystem::path> homes; ///< absolute
    std::filesystem::path data_folder = {};   ///< absolute; empty: none
};

/// With /etc, /proc and /sys looked for below `system_root` ("/" on a real machine). What cannot be read is left out,
/// as serials that only root may read. Users and homes are those of this process, from passwd(5) and the environment.
HostIdentity read_host_identity(const std::filesystem::path& system_root, const std::filesystem::path& data_folder);

/// What this machine calls itself (gethostname(2)); empty when it does not.
std::string host_name();

} // namespace isolab
