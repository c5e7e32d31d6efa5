// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/storage/guest_image.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/work_folder.h"
#include "virt/storage/disk_stamp.h"
#include "virt/storage/ext4_maker.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view ending = ".ext4";

std::string digest_of(const fs::path& file) {
    std::string digest = file.stem().string();
    if (const auto end_of_algorithm = digest.find('-'); end_of_algorithm != std::string::npos)
        digest[end_of_algorithm] = ':';
    return digest;
}

Result<std::vector<fs::path>> list_folder(const fs::path& folder) {
    std::vector<fs::path> entries;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        entries.push_back(it->path());
    if (error && error != std::errc::no_such_file_or_directory)
        return fail_errno(error.value(), "list", folder.string());
    std::ranges::sort(entries);
    return entries;
}

/// Earlier versions made `DIGEST.ext4.PID.new` beside the disks.
bool is_abandoned(const fs::path& file) {
    const std::string name = file.filename().string();
    const auto at = name.find(".ext4.");
    if (at == std::string::npos || name.find(".new") == std::string::npos)
        return false;
    pid_t pid = 0;
    const char* const digits = name.c_str() + at + 6;
    std::from_chars(digits, name.c_str() + name.size(), pid);
    return pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH;
}

Result<void> remove_file(const fs::path& file) {
    if (::unlink(file.c_str()) != 0 && errno != ENOENT)
        return fail_errno(errno, "remove the disk", file.string());
    return {};
}

bool is_missing_or_damaged(const Error& error) {
    return error.kind == ErrorKind::not_found || error.kind == ErrorKind::corrupt;
}

} // namespace

fs::path GuestImages::path_of(const std::string& digest) const {
    std::string name = digest;
    std::ranges::replace(name, ':', '-');
    std::ranges::replace(name, '/', '-');
    return folder_ / name.append(ending);
}

Result<GuestDisk> GuestImages::find(const std::string& digest) const { return examine_disk(path_of(digest), digest); }

/// In a folder of its own, whose lock tells others that somebody works there.
Result<GuestDisk> GuestImages::make_anew(const DiskContent& content, const std::string& digest, ProgressSink& progress,
                                         const StopToken& stop) {
    const fs::path place = path_of(digest);
    ISOLAB_ASSIGN(const TreeSize size, measure_tree(content.tree));
    progress.report({"make-disk", digest, 0, size.logical, true});
    ISOLAB_ASSIGN(const WorkFolder work, WorkFolder::create(folder_));
    ISOLAB_ASSIGN(const fs::path made, make_ext4(work.path(), content, size, stop));
    const UniqueFd fd(::open(made.c_str(), O_RDWR | O_CLOEXEC));
    if (!fd)
        return fail_errno(errno, "open", made.string());
    ISOLAB_TRY(stamp_disk(fd, digest, place.string()));
    ISOLAB_TRY(publish_file(fd, made, place));
    progress.report({"make-disk", digest, size.logical, size.logical, true});
    return find(digest);
}

Result<GuestDisk> GuestImages::make(const DiskContent& content, const std::string& digest, ProgressSink& progress,
                                    const StopToken& stop) {
    auto former = find(digest);
    if (former || !is_missing_or_damaged(former.error()))
        return former;
    ISOLAB_TRY(make_private_directory(folder_));
    ISOLAB_TRY(remove_abandoned());
    auto disk = make_anew(content, digest, progress, stop);
    if (!disk && disk.error().kind == ErrorKind::corrupt)
        return fail(ErrorKind::corrupt, "make the disk", path_of(digest).string(),
                    "it is damaged as soon as it is written: " + disk.error().cause,
                    "Check the file system there, and e2fsprogs; then remove this file");
    if (!disk)
        return fail(disk.error().within("make the disk", path_of(digest).string()));
    if (former.error().kind == ErrorKind::corrupt)
        disk->replaced = former.error().cause;
    return disk;
}

Result<std::vector<StoredDisk>> GuestImages::list() const {
    ISOLAB_ASSIGN(const auto entries, list_folder(folder_));
    std::vector<StoredDisk> disks;
    for (const fs::path& entry : entries) {
        struct stat status {};
        if (entry.extension() != ending || ::lstat(entry.c_str(), &status) != 0)
            continue;
        StoredDisk disk{entry, digest_of(entry), static_cast<std::uint64_t>(status.st_blocks) * 512U, {}};
        if (auto sound = examine_disk(entry, disk.digest); !sound)
            disk.trouble = std::move(sound).error();
        disks.push_back(std::move(disk));
    }
    return disks;
}

Result<std::vector<StoredDisk>> GuestImages::remove_all_but(const std::set<std::string>& kept) const {
    ISOLAB_TRY(remove_abandoned());
    ISOLAB_ASSIGN(std::vector<StoredDisk> disks, list());
    for (const std::string& digest : kept)
        std::erase_if(disks, [place = path_of(digest)](const StoredDisk& disk) { return disk.path == place; });
    for (const StoredDisk& disk : disks)
        ISOLAB_TRY(remove_file(disk.path));
    return disks;
}

Result<void> GuestImages::remove_abandoned() const {
    ISOLAB_ASSIGN(const auto entries, list_folder(folder_));
    for (const fs::path& entry : entries)
        if (is_abandoned(entry))
            ISOLAB_TRY(remove_file(entry));
    return entries.empty() ? Result<void>{} : WorkFolder::remove_abandoned(folder_);
}

Result<void> discard_disk(const GuestDisk& disk) {
    struct stat status {};
    if (::stat(disk.path.c_str(), &status) != 0 || status.st_ino != disk.inode)
        return {};
    return remove_file(disk.path);
}

} // namespace isolab
