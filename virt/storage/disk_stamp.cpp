// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/storage/disk_stamp.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <endian.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file_stamp.h"
#include "engine/base/json.h"
#include "virt/storage/ext4_maker.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

/// Of what make_ext4() makes. Counted up when a disk made before must not be used any more.
constexpr std::uint64_t layout = 3;
constexpr const char* layout_key = "isolab-disk";

// Documentation/filesystems/ext4/super.rst
constexpr std::size_t superblock_at = 1024;
constexpr std::size_t blocks_low_at = superblock_at + 0x4;
constexpr std::size_t log_block_size_at = superblock_at + 0x18;
constexpr std::size_t magic_at = superblock_at + 0x38;
constexpr std::size_t blocks_high_at = superblock_at + 0x150;
constexpr std::uint16_t ext4_magic = 0xEF53;

using Head = std::array<char, 2048>;

template <class T> T number_at(const Head& head, std::size_t offset) {
    T value{};
    std::memcpy(&value, head.data() + offset, sizeof value);
    return value;
}

/// Bytes of the file system that the superblock describes; 0 when there is none.
std::uint64_t file_system_size(const Head& head) {
    if (le16toh(number_at<std::uint16_t>(head, magic_at)) != ext4_magic)
        return 0;
    const std::uint64_t blocks = (std::uint64_t{le32toh(number_at<std::uint32_t>(head, blocks_high_at))} << 32U) |
                                 le32toh(number_at<std::uint32_t>(head, blocks_low_at));
    return blocks << (10U + (le32toh(number_at<std::uint32_t>(head, log_block_size_at)) & 7U));
}

/// What stands in front of the superblock; null when nothing does.
Json read_stamp(const Head& head) {
    const std::string_view text(head.data(), superblock_at);
    auto document = parse_json(text.substr(0, text.find('\0')), "stamp");
    return document && document->is_object() ? std::move(*document) : Json();
}

tl::unexpected<Error> damaged(const fs::path& path, std::string how) {
    return fail(ErrorKind::corrupt, "use the disk", path.string(), std::move(how),
                "Remove this file; it is made again when it is needed");
}

tl::unexpected<Error> absent(const fs::path& path, std::string why) {
    return fail(ErrorKind::not_found, "use the disk", path.string(), std::move(why));
}

Result<void> judge(const fs::path& path, const UniqueFd& fd, const struct stat& status, const std::string& digest) {
    Head head{};
    if (status.st_size == 0)
        return damaged(path, "it is empty");
    if (::pread(fd.get(), head.data(), head.size(), 0) < 0)
        return damaged(path, std::string("it cannot be read: ") + strerrordesc_np(errno));
    const Json document = read_stamp(head);
    const std::uint64_t described = file_system_size(head);
    if (document.is_null() && described == static_cast<std::uint64_t>(status.st_size))
        return absent(path, "another version of Isolab made it");
    if (document.is_null() || described == 0)
        return damaged(path, "it holds no file system");
    if (document.value(layout_key, Json()) != layout)
        return absent(path, "another version of Isolab made it");
    if (document.value("image", Json()) != digest)
        return damaged(path, "it is the disk of another image");
    const auto stamp = file_stamp_of(document, path.string());
    if (!stamp)
        return damaged(path, stamp.error().cause);
    if (const auto damage = find_damage(fd, *stamp))
        return damaged(path, *damage);
    return {};
}

} // namespace

Result<void> stamp_disk(const UniqueFd& disk, const std::string& digest, const std::string& shown) {
    ISOLAB_ASSIGN(const FileStamp stamp, take_stamp(disk, shown, superblock_at));
    Json document{{layout_key, layout}, {"image", digest}};
    document.update(to_json(stamp));
    std::string text = document.dump();
    if (text.size() >= superblock_at)
        return fail(ErrorKind::invalid_argument, "stamp the disk", shown, "the image's digest is too long");
    text.resize(superblock_at, '\0');
    const ssize_t written = ::pwrite(disk.get(), text.data(), text.size(), 0);
    if (written != static_cast<ssize_t>(text.size()))
        return fail_errno(written < 0 ? errno : EIO, "stamp the disk", shown);
    return {};
}

Result<GuestDisk> examine_disk(const fs::path& path, const std::string& digest) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    struct stat status {};
    if (!fd && errno == ENOENT)
        return absent(path, "it was not made yet");
    if (!fd || ::fstat(fd.get(), &status) != 0)
        return fail_errno(errno, "use the disk", path.string());
    if (!S_ISREG(status.st_mode))
        return damaged(path, "it is not a regular file");
    ISOLAB_TRY(judge(path, fd, status, digest));
    return GuestDisk{path,
                     digest,
                     static_cast<std::uint64_t>(status.st_size),
                     static_cast<std::uint64_t>(status.st_blocks) * 512U,
                     ext4_block,
                     status.st_ino,
                     {}};
}

} // namespace isolab
