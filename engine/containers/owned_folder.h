// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"
#include "engine/containers/container_store.h"

namespace isolab {

/// The folder in the store of a container that lives as long as its owner, which is this process. It is watched from
/// its beginning (watcher_lock.h), so that nobody tidies it up; the destructor removes it.
class OwnedFolder {
  public:
    /// Gives `settings` an id, a name and an owner, and keeps them in the folder.
    static Result<OwnedFolder> create(const ContainerStore& store, ContainerSettings& settings);

    OwnedFolder(OwnedFolder&&) noexcept = default;
    OwnedFolder& operator=(OwnedFolder&&) = delete;
    OwnedFolder(const OwnedFolder&) = delete;
    OwnedFolder& operator=(const OwnedFolder&) = delete;
    ~OwnedFolder();

    const std::string& id() const noexcept { return id_; }
    std::filesystem::path path() const { return store_.folder(id_); }

    /// Removes it now; the errors that the destructor cannot report.
    Result<void> remove();
    /// Leaves it to who tidies up next.
    void leave() noexcept { watching_.reset(); }

  private:
    OwnedFolder(ContainerStore store, std::string id, std::string name)
        : store_(std::move(store)), id_(std::move(id)), name_(std::move(name)) {}

    ContainerStore store_;
    std::string id_;
    std::string name_;
    UniqueFd watching_; ///< none: it was removed or left
};

} // namespace isolab
