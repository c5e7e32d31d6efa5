// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"

namespace isolab {

/// One process's place below the data folder. libvirt's embedded driver needs a folder of its own for each process,
/// and whoever finds a place unlocked knows that its process is dead and may clean up after it.
///
/// The folder is ROOT/libvirt/<number>, or, when that is too long for the sockets in it (unix(7): 107 bytes) or has
/// characters that libvirt's settings cannot carry, a folder of mode 0700 in $XDG_RUNTIME_DIR or /tmp, which goes with
/// the Slot. The lock (flock(2) on ROOT/libvirt/<number>.lock) is in the data folder always, so that its processes meet
/// there whatever their environment; it ends with the process. The file names the folder, for whoever cleans up.
class Slot {
  public:
    Slot(Slot&&) noexcept = default;
    Slot& operator=(Slot&&) = delete;
    ~Slot();

    /// Takes the first free place and removes what dead processes left in any free place: QEMU processes,
    /// libvirt's records of them, sockets and machine folders.
    static Result<Slot> take(const std::filesystem::path& root);

    /// Removes what a process left in its place, for whoever has waited for its end; timeout when another one has taken
    /// the place, and cleaned it.
    static Result<void> clean_up(const std::filesystem::path& root, unsigned number);

    unsigned number() const noexcept { return number_; }
    const std::filesystem::path& folder() const noexcept { return folder_; }
    /// For unix sockets; short enough.
    std::filesystem::path sockets() const { return folder_ / "s"; }

    /// Prefix of the names of all domains of a data folder, whoever started them: "isolab-1a2b3c4d-".
    static std::string domain_prefix(const std::filesystem::path& root);

  private:
    Slot(unsigned number, std::filesystem::path folder, bool outside, UniqueFd lock)
        : number_(number), folder_(std::move(folder)), outside_(outside), lock_(std::move(lock)) {}
    unsigned number_;
    std::filesystem::path folder_;
    bool outside_; ///< the folder is not below the data folder
    UniqueFd lock_;
};

/// Folder of one machine's files: ROOT/machines/<slot>-<id>.
std::filesystem::path machine_folder(const std::filesystem::path& root, unsigned slot, const std::string& id);

} // namespace isolab
