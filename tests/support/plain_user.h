// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/subprocess.h"

namespace isolab::test {

/// An ordinary user (65534) with the built programs where he can read them, a home, and a range of subordinate ids and
/// a usable /dev/net/tun, which only his processes see: each runs in a mount namespace of its own. Needs root.
class PlainUser {
  public:
    /// `place` is a folder that others can reach, with a short path: sockets go below it. `bin` holds the programs.
    PlainUser(std::filesystem::path place, const std::filesystem::path& bin);

    /// Runs `isolab --root ROOT ARGUMENTS…` as the user; a program that cannot be started fails with code -1.
    CommandOutput isolab(const std::vector<std::string>& arguments) const;
    /// The same with another PATH.
    CommandOutput isolab_with_path(const std::string& path, const std::vector<std::string>& arguments) const;

    std::filesystem::path root() const { return place_ / "home/data"; }
    std::filesystem::path temporary() const { return place_ / "run"; }
    const std::filesystem::path& place() const noexcept { return place_; }

    /// Makes a folder that belongs to the user.
    static void make_folder(const std::filesystem::path& folder);

  private:
    std::filesystem::path place_;
};

} // namespace isolab::test
