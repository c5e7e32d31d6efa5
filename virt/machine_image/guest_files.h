// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace isolab {

/// What the files of an image refer to.
struct GuestIdentity {
    std::string root_uuid;    ///< of the root file system
    std::string efi_volume;   ///< serial number of the EFI system partition, "1234-ABCD"
    std::string kernel;       ///< release
    std::string distribution; ///< for the boot menu
};

/// A file or symbolic link that is put into a root file system over what is there; belongs to root.
struct GuestFile {
    std::string path;    ///< from the root, without a slash before it
    std::string content; ///< of the file, or where the link leads to
    bool link = false;
};

/// What makes an installed Debian one that boots from its own disk, has its network by DHCP and a console on the first
/// serial line as well, and starts the program of a seed disk (seed_disk.h) as soon as one is there: systemd's
/// `isolab-agent.service`, wanted by the device with the seed's label, and the mount that it needs. Without a seed disk
/// nothing waits for one. Pure.
std::vector<GuestFile> guest_files(const GuestIdentity& identity);

/// What GRUB's core image does first: finds the root file system, which has the menu. Pure.
std::string grub_early_configuration(const std::string& root_uuid);

} // namespace isolab
