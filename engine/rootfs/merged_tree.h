// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <sys/stat.h>

#include "engine/base/file_tree.h"
#include "engine/base/stop.h"

namespace isolab {

/// One directory as it looks through all layers: a stack of the directories that are merged in it, uppermost first.
/// The rules are overlayfs's (overlayfs.rst): the uppermost entry of a name wins, directories merge until one is
/// opaque, a 0:0 character device hides the name.
class MergedDirectory {
  public:
    /// The root of a set of layers, uppermost first. Never empty.
    static Result<MergedDirectory> open(const std::vector<std::filesystem::path>& layers);

    /// An entry: where it physically is.
    struct Entry {
        std::string name;
        int directory = -1; ///< descriptor of the directory that holds it; owned by the MergedDirectory
        struct stat status {};
        std::size_t layer = 0; ///< which of the layers given to open() holds it
    };

    /// Visible entries, sorted by name, without "." and "..".
    Result<std::vector<Entry>> list() const;

    /// One entry by name; not_found when no layer has it or a whiteout hides it.
    Result<Entry> find(const std::string& name) const;

    /// A directory below this one.
    Result<MergedDirectory> enter(const std::string& name) const;

    /// Attributes of the directory itself: those of the uppermost one.
    Result<struct stat> status() const;
    int uppermost() const noexcept { return stack_.front().fd.get(); }
    std::size_t uppermost_layer() const noexcept { return stack_.front().layer; }

    /// Descriptor of this directory in one of the layers given to open(); -1 where that layer does not show here.
    int in_layer(std::size_t layer) const noexcept;

    /// Those of the layers given to open() that show here, uppermost first.
    std::vector<std::size_t> layers() const;

  private:
    struct Part {
        UniqueFd fd;
        std::size_t layer = 0;
    };
    std::vector<Part> stack_;
};

/// True for a character device 0/0, which hides what lower layers have at its place.
inline bool is_whiteout(const struct stat& status) noexcept { return S_ISCHR(status.st_mode) && status.st_rdev == 0; }

/// True for a directory that carries an overlayfs "opaque" mark of either format.
bool is_opaque(int directory);

/// What a walk meets, parents before their content.
using MergedVisitor = std::function<Result<void>(const std::string& path, const MergedDirectory::Entry& entry)>;

/// Visits all that is visible below a merged directory; `path` is relative to it. Directories are left through `leave`
/// (may be null) after their content. Depth costs memory, but only a fixed number of levels is open at a time.
Result<void> walk_merged(const MergedDirectory& root, const MergedVisitor& visit, const MergedVisitor& leave,
                         const StopToken& stop);

} // namespace isolab
