// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/stop.h"

namespace isolab {

/// Path of a program of e2fsprogs; unavailable when it is not installed.
Result<std::string> find_ext4_tool(const std::string& name);

/// Runs programs of e2fsprogs in an environment of ours: messages in English, a configuration of ours.
class Ext4Tools {
  public:
    /// `configuration` is what mke2fs(8) reads in place of /etc/mke2fs.conf.
    explicit Ext4Tools(std::filesystem::path configuration) : configuration_(std::move(configuration)) {}

    const std::filesystem::path& configuration() const noexcept { return configuration_; }

    /// An error when it fails or, as debugfs(8) does, complains and goes on; e2fsck(8) that mended all has not failed.
    /// Its cause is what the program said, its kind what that means: no_space, permission_denied,
    /// corrupt when there is no file system on the disk, otherwise system.
    Result<void> run(const std::vector<std::string>& command, const StopToken& stop) const;

  private:
    std::filesystem::path configuration_;
};

} // namespace isolab
