// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/stop.h"
#include "engine/base/unique_fd.h"
#include "engine/containers/container_settings.h"

namespace isolab {

/// What becomes of a container's settings when the power is cut.
enum class Durability : std::uint8_t {
    durable,
    until_power_cut, ///< they may be gone, as everything that lives as long as a process
};

/// The containers, on disk: ROOT/folders/ID with `container.json`, the runtime's bundle, the
/// snapshot and the supervisor's documents; ROOT/names/NAME, symbolic links to ids, which make names unique. Several
/// processes may use it at once; an object may be used from any thread.
class ContainerStore {
  public:
    static Result<ContainerStore> open(const std::filesystem::path& root);

    /// Excludes other changes of one container, by any process, while it lives.
    class Lock {
      public:
        Lock() = default;

        /// Whoever inherits this descriptor shares the lock: it is held until both have closed it.
        int descriptor() const noexcept { return file_.get(); }

      private:
        friend class ContainerStore;
        explicit Lock(UniqueFd file) : file_(std::move(file)) {}
        UniqueFd file_;
    };

    /// Gives settings an id and, when they have no name, one that is made up, and makes the folder, without settings in
    /// it: until write() nobody sees the container. already_exists for a name in use.
    Result<Lock> reserve(ContainerSettings& settings) const;

    /// Waits for the lock of an existing container. not_found when it has gone; else as wait_for_lock().
    Result<Lock> lock(const std::string& id, const StopToken& stop) const;

    Result<void> write(const ContainerSettings& settings, Durability durability = Durability::durable) const;
    Result<ContainerSettings> read(const std::string& id) const;

    /// The id that a name, an id or the beginning of one stands for; not_found, or invalid_argument when several do.
    Result<std::string> resolve(const std::string& reference) const;

    /// Changes the name in settings and on disk. already_exists for one in use.
    Result<void> rename(ContainerSettings& settings, const std::string& name) const;

    /// Removes folder and name of a container whose lock the caller holds, also of one that was reserved only.
    Result<void> remove(const std::string& id, const std::string& name) const;

    /// All ids, in no particular order.
    Result<std::vector<std::string>> ids() const;

    /// Removes what interrupted creations left: folders without settings whose lock nobody holds, and names that lead
    /// nowhere, since a name is only taken for a folder that exists.
    Result<void> tidy_up() const;

    std::filesystem::path folder(const std::string& id) const { return folders_ / id; }
    /// For --root of the launcher: states of running containers and caches.
    const std::filesystem::path& root() const noexcept { return root_; }

  private:
    explicit ContainerStore(std::filesystem::path root)
        : root_(std::move(root)), folders_(root_ / "folders"), names_(root_ / "names") {}
    Result<Lock> make_folder(std::string& id) const;
    bool leads_nowhere(const std::filesystem::path& name) const; ///< to a container that is gone
    /// Of a folder whose maker was killed before it had settings: its lock; an Error when it is none.
    Result<UniqueFd> lock_leftover(const std::filesystem::path& folder) const;
    Result<void> take_name(const std::string& name, const std::string& id) const;
    Result<std::string> take_any_name(const std::string& id) const;

    std::filesystem::path root_;
    std::filesystem::path folders_;
    std::filesystem::path names_;
};

/// Two words, as "calm_turing": a name for people. Pure but for the random number.
std::string random_container_name();

} // namespace isolab
