// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <utility>

#include "engine/base/error.h"

namespace isolab {

/// Where everything lies that Isolab keeps: the paths below the data folder (`--root`, ISOLAB_ROOT, otherwise
/// /var/lib/isolab or ~/.local/share/isolab). A value; nothing is made or looked at. What lies at a place is documented
/// where it is opened.
class DataFolder {
  public:
    /// Root's, unless he names another one. Guests of other users boot its kernels as well.
    static constexpr const char* system = "/var/lib/isolab";

    explicit DataFolder(std::filesystem::path root) : root_(std::move(root)) {}

    const std::filesystem::path& root() const noexcept { return root_; }

    std::filesystem::path images() const { return root_ / "images"; }   ///< ImageStore: blobs and the index
    std::filesystem::path layers() const { return root_ / "layers"; }   ///< LayerStore: unpacked, by ChainID
    std::filesystem::path volumes() const { return root_ / "volumes"; } ///< VolumeStore
    std::filesystem::path network() const { return root_ / "network"; } ///< Networks: definitions, leases, names

    /// ContainerStore; also what isolab-runtime is given as --root for them.
    std::filesystem::path instances() const { return root_ / "instances"; }
    /// Below a folder that isolab-runtime is given as its --root: StateFolder, the states of its containers.
    std::filesystem::path containers() const { return root_ / "containers"; }
    /// Sockets of the processes that keep user namespaces for the isolab-runtime of this folder; they end when it is
    /// removed.
    std::filesystem::path user_namespaces() const { return root_ / "user-namespaces"; }

    std::filesystem::path kernels() const { return root_ / "kernels"; } ///< of guests, see virt/README.md
    std::filesystem::path disks() const { return root_ / "disks"; }     ///< GuestImages: can be made again, too
    std::filesystem::path machine_images() const { return root_ / "machine-images"; } ///< MachineImageStore
    std::filesystem::path machines() const { return root_ / "machines"; } ///< writable layers of running machines
    std::filesystem::path libvirt() const { return root_ / "libvirt"; }   ///< Slot: a place for each process

    /// What can be made again at any time.
    std::filesystem::path cache() const { return root_ / "cache"; }
    std::filesystem::path seccomp_cache() const { return cache() / "seccomp"; } ///< compiled filters
    std::filesystem::path libvirt_cache() const { return cache() / "libvirt"; } ///< what QEMU can do
    std::filesystem::path emulators() const { return cache() / "emulators"; }   ///< bind_emulator()

    std::filesystem::path temporary() const { return root_ / "tmp"; } ///< WorkFolder, while something is prepared
    std::filesystem::path history_file() const { return root_ / "history.sqlite"; }

  private:
    std::filesystem::path root_;
};

/// Makes the data folder `root` with its parents, where they are missing. Nobody but its owner may enter it, and what
/// is readable in one that others could enter is closed first; unless there is something in it that is not Isolab's, as
/// in a home, whose mode is its user's. The stores below are closed by themselves, whatever is around them. Others may
/// pass through DataFolder::system, mode 0711: find_kernel() of an ordinary user looks into its `kernels`, where /boot
/// is closed to him. Nothing else needs a way through: containers have their roots, volumes and files mounted before
/// they change their user.
Result<void> open_data_folder(const std::filesystem::path& root);

/// Tries whether things can be made in the data folder `root`, or where it would have to be made: a folder and a file
/// of 1 MiB, which are removed again. The error's cause is the one thing that is in the way.
Result<void> try_data_folder(const std::filesystem::path& root);

} // namespace isolab
