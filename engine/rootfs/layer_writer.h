// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "engine/image/entry_path.h"
#include "engine/image/tar_reader.h"
#include "engine/rootfs/owner_table.h"
#include "engine/rootfs/tree_root.h"

namespace isolab {

/// Writes the entries of one layer into an empty directory, in overlayfs's form: whiteouts become 0:0 character devices
/// and opaque directories carry the attribute trusted.overlay.opaque (user.overlay.opaque without privilege). A
/// whiteout hides what is below its layer only, so content of the same layer stays whatever the order.
/// Nothing outside of the directory is ever touched. Sockets are left out; device nodes too, without privilege.
class LayerWriter {
  public:
    /// What a layer may ask for; beyond it, write() ends with an Error of kind no_space.
    struct Limits {
        std::size_t depth;  ///< see TreeRoot::open()
        std::size_t memory; ///< bytes of names and attributes that are kept until finish()
    };

    /// `privileged`: keep owners and device nodes, see is_privileged().
    static Result<LayerWriter> open(const std::filesystem::path& directory, bool privileged, const Limits& limits);

    /// Writes one entry; `reader` delivers its content. Errors of kind corrupt name the entry.
    Result<void> write(const TarEntry& entry, const EntryPath& path, TarReader& reader);

    /// Directories that the layer needs but does not describe, "." included: they look as in the layers below. Known
    /// after the last write().
    std::vector<std::string> undescribed() const;

    /// Gives directories their modes and times, which writing into them would have changed. Call once, at the end.
    Result<void> finish();

    /// Owners on record; empty when privileged.
    const OwnerTable& owners() const noexcept { return owners_; }

  private:
    struct PendingDirectory {
        std::string path;
        TarEntry entry;
    };
    LayerWriter(TreeRoot root, bool privileged, std::size_t memory)
        : root_(std::move(root)), privileged_(privileged), memory_(memory) {}
    Result<void> write_content(int parent, const TarEntry& entry, const EntryPath& path, TarReader& reader);
    Result<void> write_directory(int parent, const TarEntry& entry, const EntryPath& path);
    Result<void> write_file(int parent, const TarEntry& entry, const EntryPath& path, TarReader& reader);
    Result<void> write_symlink(int parent, const TarEntry& entry, const EntryPath& path);
    Result<void> write_hardlink(const TarEntry& entry, const EntryPath& path);
    Result<void> write_node(int parent, const TarEntry& entry, const EntryPath& path);
    Result<void> write_whiteout(int parent, const EntryPath& path);
    Result<void> make_opaque(int parent, const std::string& name);
    Result<bool> hides_lower(int parent, const std::string& name);
    Result<void> record_owner(const TarEntry& entry, const EntryPath& path);
    Result<void> remember(std::size_t bytes, const TarEntry& entry);

    TreeRoot root_;
    bool privileged_;
    std::size_t memory_;
    OwnerTable owners_;
    std::size_t remembered_ = 0;                    ///< bytes that directories_ and owners_ take, about
    std::map<ino_t, PendingDirectory> directories_; ///< by inode: a path may mean another directory in the end
};

} // namespace isolab
