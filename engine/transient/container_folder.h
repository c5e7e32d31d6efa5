// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"
#include "engine/cgroup/cgroup_layout.h"

namespace isolab {

/// ROOT/containers/ID: config.json and snapshot of one container, and a lock file that its owner and its monitor hold
/// shared for as long as one of them lives. The destructor removes the folder.
class ContainerFolder {
  public:
    /// Makes a folder with a fresh random id of twelve hexadecimal digits below `containers`.
    static Result<ContainerFolder> create(const std::filesystem::path& containers);

    ContainerFolder(ContainerFolder&& other) noexcept
        : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}
    ContainerFolder& operator=(ContainerFolder&&) = delete;
    ContainerFolder(const ContainerFolder&) = delete;
    ContainerFolder& operator=(const ContainerFolder&) = delete;
    ~ContainerFolder();

    const std::filesystem::path& path() const noexcept { return path_; }
    std::string id() const { return path_.filename().string(); }
    /// Removes it now; the errors that the destructor cannot report.
    Result<void> remove();

  private:
    ContainerFolder(std::filesystem::path path, UniqueFd lock) : path_(std::move(path)), lock_(std::move(lock)) {}
    std::filesystem::path path_;
    UniqueFd lock_;
};

/// Ends and removes the containers below `containers` that nobody holds the lock of: processes, control groups,
/// folders. `launcher` is the path of isolab-runtime. An error is the last of those that happened; the others are gone.
Result<void> remove_abandoned_containers(const std::filesystem::path& containers, const CgroupLayout& layout,
                                         const std::string& launcher);

} // namespace isolab
