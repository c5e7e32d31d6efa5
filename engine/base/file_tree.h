// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"

namespace isolab {

/// openat2(2) with RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS: `path` is looked up as if `root_fd` were "/",
/// so neither ".." nor a symbolic link can leave it. O_CLOEXEC is added.
Result<UniqueFd> open_in_root(int root_fd, const std::string& path, int flags, mode_t mode = 0);

/// Opens a directory for use as the root of the functions here (O_PATH | O_DIRECTORY).
Result<UniqueFd> open_directory(const std::filesystem::path& path);

/// Creates a directory and those of its parents that are missing, with this mode less the umask; succeeds when it
/// exists. Nobody but the owner may enter it, unless said otherwise.
Result<void> make_directories(const std::filesystem::path& path, mode_t mode = 0700);

/// The same, and nobody but the owner may enter it, also when it existed before: for what other users must not reach,
/// such as the set-user-id files of images.
Result<void> make_private_directory(const std::filesystem::path& path);

/// Takes the rights of others from a file or directory that belongs to the caller; a symbolic link or anything else
/// stays as it is. A failure is none: whoever may not change the mode is not its owner, and may read it all the same.
/// No lock of fcntl(2) on the file is lost, as it would be by closing it (SQLite's are such).
void keep_others_out(const std::filesystem::path& path) noexcept;

/// Gives back a descriptor when it is one of a regular file; otherwise invalid_argument. Open with O_NONBLOCK, so that
/// a fifo without a writer does not keep the caller waiting.
Result<UniqueFd> require_regular_file(UniqueFd fd, const std::string& shown);

/// Whole content of a regular file of at most `limit` bytes.
Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t limit = 64U << 20U);

/// Replaces a file in one step: a temporary beside it, fsync(2) when `durable`, rename(2). The file has exactly `mode`,
/// whatever the umask, and is its owner's alone until it is complete.
Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view content, mode_t mode = 0600,
                                   bool durable = false);

/// The same for what a user asked for by a path of his own: the mode is 0666 less the umask, as a shell's redirection
/// has it.
Result<void> write_user_file(const std::filesystem::path& path, std::string_view content);

/// syncfs(2): everything that was written to the file system of `folder` survives a power cut. For trees of many files,
/// before they get the name under which they are trusted; flushing each by itself takes a hundred times as long.
Result<void> sync_file_system(const std::filesystem::path& folder);

/// fsync(2) of a folder: names that were put into it survive a power cut.
Result<void> sync_folder(const std::filesystem::path& folder);

/// Moves a complete file to its place, over what is there: fsync(2), rename(2), sync_folder(). After a power cut either
/// the former file is there or this one, whole. `fd` is of the file `from`, which lies on the same file system.
Result<void> publish_file(const UniqueFd& fd, const std::filesystem::path& from, const std::filesystem::path& place);

/// Removes a tree of any depth, never following symbolic links and never crossing into another mounted file system.
/// A tree that does not exist is success.
Result<void> remove_tree(const std::filesystem::path& path);

/// A fresh directory `PARENT/PREFIXxxxxxx` with mode 0700 (mkdtemp(3)).
Result<std::filesystem::path> make_temporary_directory(const std::filesystem::path& parent, const std::string& prefix);

/// What a tree of any depth holds. Hard links are counted once; the size of directories counts as allocated only.
struct TreeSize {
    std::uint64_t logical = 0;   ///< sum of st_size of regular files and symbolic links, bytes
    std::uint64_t allocated = 0; ///< sum of st_blocks * 512 of everything, bytes (what du(1) prints)
    std::uint64_t entries = 0;
};
Result<TreeSize> measure_tree(const std::filesystem::path& path);

/// Removes a directory tree when it goes out of scope, unless keep() was called.
class TemporaryTree {
  public:
    explicit TemporaryTree(std::filesystem::path path) : path_(std::move(path)) {}
    TemporaryTree(TemporaryTree&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    TemporaryTree& operator=(TemporaryTree&&) = delete;
    TemporaryTree(const TemporaryTree&) = delete;
    TemporaryTree& operator=(const TemporaryTree&) = delete;
    ~TemporaryTree();

    const std::filesystem::path& path() const noexcept { return path_; }
    std::filesystem::path keep() noexcept { return std::exchange(path_, {}); }

  private:
    std::filesystem::path path_;
};

} // namespace isolab
