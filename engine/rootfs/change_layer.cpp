// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/change_layer.h"

#include <array>
#include <cerrno>
#include <map>

#include <fcntl.h>
#include <unistd.h>

#include "engine/image/entry_path.h"
#include "engine/rootfs/layer_unpacker.h"

namespace isolab {
namespace {

constexpr std::uint64_t worthwhile_holes = 1U << 20U; ///< bytes; readers without sparse files are rare, but exist

struct TypeOfMode {
    mode_t mode;
    TarEntry::Type type;
};
constexpr std::array types{
    TypeOfMode{S_IFREG, TarEntry::Type::file},         TypeOfMode{S_IFDIR, TarEntry::Type::directory},
    TypeOfMode{S_IFLNK, TarEntry::Type::symlink},      TypeOfMode{S_IFCHR, TarEntry::Type::character_device},
    TypeOfMode{S_IFBLK, TarEntry::Type::block_device}, TypeOfMode{S_IFIFO, TarEntry::Type::fifo},
};

TarEntry::Type type_of(mode_t mode) noexcept {
    for (const TypeOfMode& one : types)
        if ((mode & S_IFMT) == one.mode)
            return one.type;
    return TarEntry::Type::other;
}

/// Capabilities that a program got in a user namespace name its root (revision 3, capabilities(7)); in an image they
/// are plain (revision 2).
std::string portable_value(const std::string& name, const std::string& value) {
    constexpr std::size_t size_of_3 = 24;
    if (name != "security.capability" || value.size() != size_of_3 || value[3] != 3)
        return value;
    std::string plain = value.substr(0, size_of_3 - 4);
    plain[3] = 2;
    return plain;
}

TarEntry entry_of(const std::string& path, const FileFacts& facts) {
    TarEntry entry;
    entry.type = type_of(facts.owner.mode);
    entry.path = path;
    entry.link = facts.link;
    entry.permissions = facts.owner.mode & 07777U;
    entry.uid = facts.owner.uid;
    entry.gid = facts.owner.gid;
    entry.modified = facts.status.st_mtim;
    entry.device = facts.status.st_rdev;
    for (const auto& [name, value] : facts.xattrs)
        entry.xattrs.emplace_back(name, portable_value(name, value));
    return entry;
}

/// Only what any unpacker would take for this very file.
Result<void> check_name(const std::string& path) {
    const Result<EntryPath> parsed = parse_entry_path(path);
    if (parsed && parsed->meaning == EntryMeaning::content && parsed->depth <= UnpackLimits{}.depth)
        return {};
    const std::string cause = !parsed ? parsed.error().cause
                              : parsed->meaning != EntryMeaning::content
                                  ? "in a layer a name that begins with .wh. hides another file"
                                  : "it lies too deep for a layer";
    return fail(ErrorKind::unsupported, "commit", "/" + path, cause, "Rename or remove it in the container");
}

tl::unexpected<Error> changes_now(const std::string& path) {
    return fail(ErrorKind::unavailable, "commit", "/" + path, "it changes while it is read",
                "Pause or stop the container");
}

/// The parts of a file with data; empty when it has hardly any holes.
std::vector<TarWriter::Extent> data_in(int fd, const struct stat& status) {
    const auto size = static_cast<std::uint64_t>(status.st_size);
    std::vector<TarWriter::Extent> extents;
    if (static_cast<std::uint64_t>(status.st_blocks) * 512 + worthwhile_holes > size)
        return extents;
    for (off_t at = 0; at < status.st_size;) {
        const off_t data = ::lseek(fd, at, SEEK_DATA);
        const off_t end = data < 0 ? -1 : ::lseek(fd, data, SEEK_HOLE);
        if (end < 0 || data >= status.st_size)
            break;
        at = std::min(end, status.st_size);
        extents.push_back({static_cast<std::uint64_t>(data), static_cast<std::uint64_t>(at - data)});
    }
    if (extents.empty() && status.st_size > 0)
        extents.push_back({size, 0}); // nothing but a hole
    return extents;
}

class ChangeLayer {
  public:
    ChangeLayer(LayerArchive& layer, const ReadWatch& watch) : layer_(layer), watch_(watch), buffer_(256U << 10U) {}

    Result<void> add_root(const FileFacts& facts) {
        ++count_;
        return layer_.tar().begin(entry_of("./", facts));
    }

    Result<void> add(const Difference& difference) {
        if (difference.kind == ChangeKind::deleted)
            return difference.inside_replaced ? Result<void>{} : hide(difference.path);
        const FileFacts& facts = *difference.after;
        if (S_ISSOCK(facts.owner.mode))
            return {};
        ISOLAB_TRY(check_name(difference.path));
        ++count_;
        if (S_ISREG(facts.owner.mode))
            return add_file(difference);
        ISOLAB_TRY(layer_.tar().begin(entry_of(difference.path, facts)));
        return difference.replaced ? layer_.add_opaque(difference.path) : Result<void>{};
    }

    std::uint64_t count() const noexcept { return count_; }

  private:
    Result<void> hide(const std::string& path) {
        ++count_;
        return layer_.add_whiteout(path);
    }

    Result<void> add_file(const Difference& difference) {
        TarEntry entry = entry_of(difference.path, *difference.after);
        const struct stat& seen = difference.after->status;
        if (seen.st_nlink > 1) {
            const auto [known, first] = names_.emplace(std::pair(seen.st_dev, seen.st_ino), difference.path);
            if (!first) {
                entry.type = TarEntry::Type::hardlink;
                entry.link = known->second;
                entry.xattrs.clear();
                return layer_.tar().begin(entry);
            }
        }
        const FilePlace& place = difference.place;
        const UniqueFd fd(
            ::openat(place.directory, place.name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
        if (!fd && errno == EACCES)
            return fail(ErrorKind::permission_denied, "commit", "/" + difference.path,
                        "it belongs to another user of the container", "Stop the container first");
        struct stat status {};
        if (!fd || ::fstat(fd.get(), &status) != 0 || status.st_ino != seen.st_ino)
            return changes_now(difference.path);
        entry.size = static_cast<std::uint64_t>(status.st_size);
        const auto extents = data_in(fd.get(), status);
        ISOLAB_TRY(layer_.tar().begin(entry, extents));
        return extents.empty() ? add_content(fd.get(), entry.size, difference.path)
                               : add_extents(fd.get(), extents, entry.size, difference.path);
    }

    Result<void> add_content(int fd, std::uint64_t size, const std::string& path) {
        for (std::uint64_t left = size; left > 0;) {
            ISOLAB_TRY(watch_.stop.check("commit /" + path));
            const ssize_t count = ::read(fd, buffer_.data(), std::min<std::uint64_t>(left, buffer_.size()));
            if (count < 0 && errno == EINTR)
                continue;
            if (count < 0)
                return fail_errno(errno, "read", "/" + path);
            if (count == 0)
                return changes_now(path);
            ISOLAB_TRY(layer_.tar().write({buffer_.data(), static_cast<std::size_t>(count)}));
            left -= static_cast<std::uint64_t>(count);
            report(static_cast<std::uint64_t>(count));
        }
        return {};
    }

    Result<void> add_extents(int fd, const std::vector<TarWriter::Extent>& extents, std::uint64_t size,
                             const std::string& path) {
        std::uint64_t at = 0;
        for (const TarWriter::Extent& extent : extents) {
            ISOLAB_TRY(add_zeros(extent.offset - at, path));
            if (::lseek(fd, static_cast<off_t>(extent.offset), SEEK_SET) < 0)
                return fail_errno(errno, "read", "/" + path);
            ISOLAB_TRY(add_content(fd, extent.size, path));
            at = extent.offset + extent.size;
        }
        return add_zeros(size - at, path);
    }

    /// Of a hole; the archive does not keep them.
    Result<void> add_zeros(std::uint64_t size, const std::string& path) {
        static const std::vector<char> zeros(1U << 20U);
        while (size > 0) {
            ISOLAB_TRY(watch_.stop.check("commit /" + path));
            const auto piece = std::min<std::uint64_t>(size, zeros.size());
            ISOLAB_TRY(layer_.tar().write({zeros.data(), piece}));
            size -= piece;
        }
        return {};
    }

    void report(std::uint64_t bytes) {
        done_ += bytes;
        if (done_ - reported_ < (1U << 20U))
            return;
        reported_ = done_;
        watch_.progress.report({watch_.task, {}, done_, 0, true});
    }

    LayerArchive& layer_;
    const ReadWatch& watch_;
    std::vector<char> buffer_;
    std::map<std::pair<dev_t, ino_t>, std::string> names_; ///< files with several names: the first in the layer
    std::uint64_t count_ = 0;
    std::uint64_t done_ = 0;
    std::uint64_t reported_ = 0;
};

/// The top directory is no entry of any directory.
Result<void> add_root_change(ChangeLayer& changes, const TreeView& before, const TreeView& after) {
    ISOLAB_ASSIGN(const auto old_entry, before.root_entry());
    ISOLAB_ASSIGN(const auto new_entry, after.root_entry());
    ISOLAB_ASSIGN(const FileFacts old_root, before.facts(".", old_entry));
    ISOLAB_ASSIGN(const FileFacts new_root, after.facts(".", new_entry));
    const FileOwner& one = old_root.owner;
    const FileOwner& other = new_root.owner;
    if (one.mode == other.mode && one.uid == other.uid && one.gid == other.gid)
        return {};
    return changes.add_root(new_root);
}

} // namespace

Result<std::uint64_t> write_change_layer(LayerArchive& layer, const TreeView& before, const TreeView& after,
                                         const ReadWatch& watch) {
    ChangeLayer changes(layer, watch);
    ISOLAB_TRY(add_root_change(changes, before, after));
    ISOLAB_TRY(walk_differences(
        before, after, {}, [&changes](const Difference& difference) { return changes.add(difference); }, watch.stop));
    return changes.count();
}

} // namespace isolab
