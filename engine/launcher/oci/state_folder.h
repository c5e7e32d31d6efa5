// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where the OCI verbs keep a container between their calls: ROOT/ID/ with mode 0700, holding `state.json`, its
// specification as it was when it was created, `config.json`, and, until it is started, the socket `start.gate` on
// which its first process waits.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"
#include "engine/runtime/container_state.h"
#include "engine/runtime/runtime_spec.h"

namespace isolab::launcher {

/// The specification that StateFolder::write_spec() kept.
Result<RuntimeSpec> read_kept_spec(const std::filesystem::path& root, const std::string& id);

/// The folder of one container, locked (flock(2)) against other verbs while the object lives.
class StateFolder {
  public:
    /// Makes it. already_exists when there is one of that id, in whatever state.
    static Result<StateFolder> create(const std::filesystem::path& root, const std::string& id);

    /// Waits for the lock of an existing one, for a minute at most (file_lock.h). not_found when there is none;
    /// permission_denied when it is a link, or belongs to another user, who could have written anything into it.
    static Result<StateFolder> open(const std::filesystem::path& root, const std::string& id);

    Result<ContainerRecord> read() const;
    Result<void> write(const ContainerRecord& record) const;

    /// The container's specification, which later changes in its bundle do not touch.
    Result<void> write_spec(const std::string& text) const;
    Result<RuntimeSpec> read_spec() const { return read_kept_spec(path_.parent_path(), path_.filename().string()); }

    /// Makes the socket, listening, for the first process.
    Result<UniqueFd> make_start_gate() const;

    /// Lets the first process go on. The connection tells what comes of it: an error, or its end. invalid_argument when
    /// it was started before.
    Result<UniqueFd> open_start_gate() const;

    /// What the container is now, by its process and its gate. `record` is this folder's.
    ContainerStatus status(const ContainerRecord& record) const;

    /// Lets other verbs at it; the object is of no use afterwards.
    void unlock() noexcept { folder_.reset(); }

    /// Removes the folder; the object is of no use afterwards.
    Result<void> remove() const;

  private:
    StateFolder(std::filesystem::path path, UniqueFd folder) : path_(std::move(path)), folder_(std::move(folder)) {}

    std::filesystem::path path_;
    UniqueFd folder_;
};

/// The record and status of a container without waiting for a verb that is at work on it.
struct ContainerView {
    ContainerRecord record;
    ContainerStatus status = ContainerStatus::creating;
};
Result<ContainerView> look_at(const std::filesystem::path& root, const std::string& id);

/// Ids of the containers below `root`, sorted.
std::vector<std::string> container_ids(const std::filesystem::path& root);

/// A descriptor of the container's first process, proven to be that process and not one of the same number.
/// not_found when it has ended.
Result<UniqueFd> open_first_process(const ContainerRecord& record);

} // namespace isolab::launcher
