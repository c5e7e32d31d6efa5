// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/storage/guest_image.h"

#include <algorithm>
#include <cerrno>

#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/subprocess.h"
#include "virt/storage/disk_owners.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t mebibyte = 1U << 20U;
constexpr std::uint64_t block = 4096;
constexpr std::uint64_t inode = 256;
constexpr std::uint64_t room_to_write = 256 * mebibyte;
constexpr std::uint64_t spare_inodes = 4096;

std::uint64_t inodes_for(const TreeSize& tree) noexcept { return tree.entries + tree.entries / 4 + spare_inodes; }

/// Removes an unfinished file at the end of a scope.
class UnfinishedFile {
  public:
    explicit UnfinishedFile(fs::path path) : path_(std::move(path)) {}
    UnfinishedFile(const UnfinishedFile&) = delete;
    UnfinishedFile& operator=(const UnfinishedFile&) = delete;
    ~UnfinishedFile() { ::unlink(path_.c_str()); }
    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

Error explain(const Error& error, const fs::path& disk) {
    Error told = error.within("make the disk", disk.string());
    if (told.cause.find("No space left") != std::string::npos ||
        told.cause.find("while populating") != std::string::npos)
        told.kind = ErrorKind::no_space;
    return told;
}

} // namespace

std::uint64_t disk_size_for(const TreeSize& tree) noexcept {
    // Each entry wastes at most one block; indirect blocks and directories are covered by the eighth on top.
    const std::uint64_t content = tree.logical + tree.entries * block;
    const std::uint64_t wanted = content + content / 8 + inodes_for(tree) * inode + room_to_write;
    return (wanted + mebibyte - 1) / mebibyte * mebibyte;
}

fs::path GuestImages::path_of(const std::string& digest) const {
    std::string name = digest;
    std::ranges::replace(name, ':', '-');
    std::ranges::replace(name, '/', '-');
    return folder_ / (name + ".ext4");
}

std::optional<GuestDisk> GuestImages::find(const std::string& digest) const {
    const fs::path path = path_of(digest);
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return std::nullopt;
    return GuestDisk{path, digest, static_cast<std::uint64_t>(status.st_size),
                     static_cast<std::uint64_t>(status.st_blocks) * 512U};
}

Result<GuestDisk> GuestImages::make(const DiskContent& content, const std::string& digest, ProgressSink& progress,
                                    const StopToken& stop) {
    if (const auto made = find(digest))
        return *made;
    const auto mke2fs = find_program("mke2fs");
    if (!mke2fs)
        return fail(ErrorKind::unavailable, "make the disk of", digest, "mke2fs is not installed", "Install e2fsprogs");
    ISOLAB_TRY(make_directories(folder_));
    ISOLAB_ASSIGN(const TreeSize size, measure_tree(content.tree));
    progress.report({"make-disk", digest, 0, size.logical, true});

    const fs::path path = path_of(digest);
    const UnfinishedFile unfinished(path.string() + "." + std::to_string(::getpid()) + ".new");
    const auto made = run_checked({*mke2fs, "-q", "-F", "-t", "ext4", "-m0", "-O", "^has_journal", "-E",
                                   "root_owner=0:0,lazy_itable_init=0", "-N", std::to_string(inodes_for(size)), "-d",
                                   content.tree.string(), unfinished.path().string(),
                                   std::to_string(disk_size_for(size) / 1024) + "k"},
                                  stop);
    if (!made)
        return fail(explain(made.error(), path));
    if (::geteuid() != 0 || !content.owners.empty())
        ISOLAB_TRY(set_disk_owners(unfinished.path(), content, stop));
    if (::rename(unfinished.path().c_str(), path.c_str()) != 0)
        return fail_errno(errno, "store the disk", path.string());
    progress.report({"make-disk", digest, size.logical, size.logical, true});
    return *find(digest);
}

} // namespace isolab
