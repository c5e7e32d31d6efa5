// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <utility>

#include "engine/base/error.h"

namespace isolab::test {

/// An ext4 file system in a file that can lose its power: what was not flushed by then is gone, as on a machine that is
/// switched off. It is mounted for this thread and the programs it starts alone, as long as this object lives. Needs
/// root and a loop device.
class PowerCut {
  public:
    static bool is_possible();

    /// Makes the file system in `folder`/disk and mounts it on `folder`/mounted.
    static Result<PowerCut> prepare(const std::filesystem::path& folder);

    PowerCut(PowerCut&& other) noexcept
        : disk_(std::move(other.disk_)), place_(std::exchange(other.place_, std::filesystem::path())) {}
    PowerCut& operator=(PowerCut&&) = delete;
    PowerCut(const PowerCut&) = delete;
    PowerCut& operator=(const PowerCut&) = delete;
    ~PowerCut();

    const std::filesystem::path& place() const noexcept { return place_; }

    /// Off and on again. Nothing in `place` may be open. Restores what ext4's journal has.
    Result<void> happen() const;

  private:
    PowerCut(std::filesystem::path disk, std::filesystem::path place)
        : disk_(std::move(disk)), place_(std::move(place)) {}
    Result<void> mount() const;
    std::filesystem::path disk_;
    std::filesystem::path place_;
};

} // namespace isolab::test
