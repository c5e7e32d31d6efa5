// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/tree_copy.h"

#include <cerrno>
#include <map>
#include <optional>

#include "engine/base/directory_path.h"
#include "engine/rootfs/file_copy.h"

namespace isolab {
namespace {

/// True for link(2) failures that a copy can help: other file system, too many links, protected files.
bool copy_helps(int error) noexcept { return error == EXDEV || error == EMLINK || error == EPERM || error == ENOTSUP; }

class TreeCopy {
  public:
    TreeCopy(const std::filesystem::path& target, CopyMode mode, ProgressSink& progress)
        : target_(target.string()), mode_(mode), progress_(progress) {}

    Result<void> make_root() {
        if (::mkdir(target_.c_str(), 0700) != 0)
            return fail_errno(errno, "create", target_);
        ISOLAB_ASSIGN(here_, DirectoryPath::open(target_));
        return {};
    }

    Result<void> finish_root(const MergedDirectory& source) {
        ISOLAB_ASSIGN(const struct stat status, source.status());
        return copy_attributes({source.uppermost(), "."}, status, {here_->root(), "."});
    }

    Result<void> visit(const std::string& path, const MergedDirectory::Entry& entry) {
        if (++count_ % 1024 == 0)
            progress_.report({"build-tree", target_, count_, 0, false});
        const FilePlace to{here_->fd(), entry.name};
        if (!S_ISDIR(entry.status.st_mode))
            return place_file(path, entry, to);
        if (::mkdirat(to.directory, to.name.c_str(), 0700) != 0)
            return fail_errno(errno, "create", target_ + ": " + entry.name);
        return here_->enter(entry.name);
    }

    /// Attributes of a directory come last, because writing into it changes its time.
    Result<void> leave(const MergedDirectory::Entry& entry) {
        ISOLAB_TRY(here_->leave());
        return copy_attributes({entry.directory, entry.name}, entry.status, {here_->fd(), entry.name});
    }

  private:
    Result<void> place_file(const std::string& path, const MergedDirectory::Entry& entry, const FilePlace& to) {
        if (mode_ == CopyMode::link) {
            if (::linkat(entry.directory, entry.name.c_str(), to.directory, to.name.c_str(), 0) == 0)
                return {};
            if (!copy_helps(errno))
                return fail_errno(errno, "link", target_ + ": " + entry.name);
        }
        const auto key = std::pair(entry.status.st_dev, entry.status.st_ino);
        const auto known = entry.status.st_nlink > 1 ? copied_.find(key) : copied_.end();
        if (known != copied_.end() &&
            ::linkat(here_->root(), known->second.c_str(), to.directory, to.name.c_str(), 0) == 0)
            return {};
        const FilePlace from{entry.directory, entry.name};
        ISOLAB_ASSIGN(const bool made, copy_file(from, entry.status, to));
        if (!made)
            return {};
        if (entry.status.st_nlink > 1)
            copied_.insert_or_assign(key, path);
        return copy_attributes(from, entry.status, to);
    }

    std::string target_;
    CopyMode mode_;
    ProgressSink& progress_;
    std::optional<DirectoryPath> here_;                     ///< in the target, where the walk is
    std::map<std::pair<dev_t, ino_t>, std::string> copied_; ///< files with several names: the first one
    std::uint64_t count_ = 0;
};

} // namespace

Result<void> copy_merged_tree(const MergedDirectory& source, const std::filesystem::path& target, CopyMode mode,
                              ProgressSink& progress, const StopToken& stop) {
    TreeCopy copy(target, mode, progress);
    ISOLAB_TRY(copy.make_root());
    TemporaryTree owned(target);
    ISOLAB_TRY(walk_merged(
        source, [&](const std::string& path, const MergedDirectory::Entry& entry) { return copy.visit(path, entry); },
        [&](const std::string&, const MergedDirectory::Entry& entry) { return copy.leave(entry); }, stop));
    ISOLAB_TRY(copy.finish_root(source));
    [[maybe_unused]] const auto kept = owned.keep();
    return {};
}

} // namespace isolab
