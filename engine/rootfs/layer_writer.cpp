// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/layer_writer.h"

#include <cerrno>
#include <limits>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "engine/rootfs/entry_attributes.h"
#include "engine/rootfs/merged_tree.h"
#include "engine/rootfs/privilege.h"

namespace isolab {
namespace {

using Type = TarEntry::Type;

std::string quoted(const TarEntry& entry) { return "\"" + entry.path + "\""; }

tl::unexpected<Error> unpack_failure(const TarEntry& entry) {
    Error error = system_error(errno, "unpack", quoted(entry));
    if (error.kind == ErrorKind::no_space)
        error.remedy = "Free space or use another data folder";
    return fail(std::move(error));
}

mode_t node_type(Type type) noexcept {
    if (type == Type::character_device)
        return S_IFCHR;
    return type == Type::block_device ? S_IFBLK : S_IFIFO;
}

mode_t file_type(Type type) noexcept {
    if (type == Type::directory)
        return S_IFDIR;
    if (type == Type::symlink)
        return S_IFLNK;
    return type == Type::file ? S_IFREG : node_type(type);
}

Result<void> write_block(int fd, const TarReader::Block& block, const TarEntry& entry) {
    std::string_view bytes = block.bytes;
    auto offset = static_cast<off_t>(block.offset);
    while (!bytes.empty()) {
        const ssize_t count = ::pwrite(fd, bytes.data(), bytes.size(), offset);
        if (count < 0 && errno != EINTR)
            return unpack_failure(entry);
        if (count > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
            offset += count;
        }
    }
    return {};
}

/// Content with its holes; the size is set last, because a file may end with a hole.
Result<void> write_data(int fd, const TarEntry& entry, TarReader& reader) {
    std::uint64_t end = 0;
    for (;;) {
        ISOLAB_ASSIGN(const auto block, reader.next_block());
        if (!block)
            break;
        ISOLAB_TRY(write_block(fd, *block, entry));
        end = block->offset + block->bytes.size();
    }
    if (end < entry.size && ::ftruncate(fd, static_cast<off_t>(entry.size)) != 0)
        return unpack_failure(entry);
    return {};
}

} // namespace

Result<LayerWriter> LayerWriter::open(const std::filesystem::path& directory, bool privileged, const Limits& limits) {
    ISOLAB_ASSIGN(TreeRoot root, TreeRoot::open(directory, limits.depth));
    return LayerWriter(std::move(root), privileged, limits.memory);
}

Result<void> LayerWriter::write(const TarEntry& entry, const EntryPath& path, TarReader& reader) {
    // chown(2) takes the number above it for "unchanged": the file would be left to whoever unpacks.
    constexpr std::uint64_t largest_id = std::numeric_limits<std::uint32_t>::max() - 1U;
    if (entry.uid > largest_id || entry.gid > largest_id)
        return fail(ErrorKind::corrupt, "unpack entry", quoted(entry), "its owner is not a possible user or group id");
    const bool hides = path.meaning == EntryMeaning::whiteout || path.meaning == EntryMeaning::opaque;
    if (path.meaning == EntryMeaning::ignored || (hides && root_.is_covered(path.parent)))
        return {};
    if (entry.type == Type::hardlink && path.meaning == EntryMeaning::content)
        return write_hardlink(entry, path);
    Result<int> parent = root_.parent(path.parent);
    if (!parent)
        return fail(parent.error().within("unpack entry", quoted(entry)));
    if (path.meaning == EntryMeaning::whiteout)
        return write_whiteout(*parent, path);
    if (path.meaning == EntryMeaning::opaque)
        return make_opaque(*parent, ".");
    return write_content(*parent, entry, path, reader);
}

Result<void> LayerWriter::write_content(int parent, const TarEntry& entry, const EntryPath& path, TarReader& reader) {
    switch (entry.type) {
    case Type::directory:
        return write_directory(parent, entry, path);
    case Type::file:
        return write_file(parent, entry, path, reader);
    case Type::symlink:
        return write_symlink(parent, entry, path);
    case Type::character_device:
    case Type::block_device:
    case Type::fifo:
        return write_node(parent, entry, path);
    case Type::hardlink:
    case Type::other:
        break;
    }
    return {};
}

Result<void> LayerWriter::write_directory(int parent, const TarEntry& entry, const EntryPath& path) {
    const std::string name = path.name.empty() ? "." : path.name;
    struct stat status {};
    const bool present = ::fstatat(parent, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
    if (!present || !S_ISDIR(status.st_mode)) {
        ISOLAB_ASSIGN(const bool hides, hides_lower(parent, name));
        ISOLAB_TRY(root_.remove(parent, name));
        if (::mkdirat(parent, name.c_str(), 0700) != 0 ||
            ::fstatat(parent, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
            return unpack_failure(entry);
        if (hides)
            ISOLAB_TRY(make_opaque(parent, name));
    }
    // Its attributes wait for finish(): a mode may forbid to write into it, and each entry changes its time.
    std::size_t bytes = 2 * entry.path.size() + sizeof(PendingDirectory);
    for (const auto& [key, value] : entry.xattrs)
        bytes += key.size() + value.size() + 2 * sizeof(std::string);
    ISOLAB_TRY(remember(bytes, entry));
    directories_.insert_or_assign(status.st_ino, PendingDirectory{path.path().empty() ? "." : path.path(), entry});
    return record_owner(entry, path);
}

Result<void> LayerWriter::write_file(int parent, const TarEntry& entry, const EntryPath& path, TarReader& reader) {
    const auto create = [&] {
        return ::openat(parent, path.name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    };
    if (path.name.empty())
        return fail(ErrorKind::corrupt, "unpack entry", quoted(entry), "the root of an image must be a directory");
    // Made anew and never written over: what is there may be a link that leads elsewhere, or one of several names of a
    // file.
    UniqueFd fd(create());
    if (!fd && errno == EEXIST) {
        ISOLAB_TRY(root_.remove(parent, path.name));
        fd.reset(create());
    }
    if (!fd)
        return unpack_failure(entry);
    ISOLAB_TRY(write_data(fd.get(), entry, reader));
    ISOLAB_TRY(apply_attributes(fd.get(), entry, privileged_));
    return record_owner(entry, path);
}

Result<void> LayerWriter::write_symlink(int parent, const TarEntry& entry, const EntryPath& path) {
    if (path.name.empty())
        return fail(ErrorKind::corrupt, "unpack entry", quoted(entry), "the root of an image must be a directory");
    ISOLAB_TRY(root_.remove(parent, path.name));
    if (::symlinkat(entry.link.c_str(), parent, path.name.c_str()) != 0)
        return unpack_failure(entry);
    ISOLAB_TRY(apply_attributes(parent, path.name, entry, privileged_));
    return record_owner(entry, path);
}

Result<void> LayerWriter::write_hardlink(const TarEntry& entry, const EntryPath& path) {
    const Result<EntryPath> parsed = parse_entry_path(entry.link);
    if (!parsed)
        return fail(parsed.error().within("unpack hard link", quoted(entry)));
    const EntryPath& target = *parsed;
    if (path.name.empty() || target.name.empty() || target.meaning != EntryMeaning::content)
        return fail(ErrorKind::corrupt, "unpack entry", quoted(entry), "it is a hard link to no possible file");
    const std::string above = target.parent.empty() ? "." : target.parent;
    // Looked up by itself: TreeRoot::parent() would make a missing directory, and lends one descriptor at a time.
    Result<UniqueFd> from = open_in_root(root_.fd(), above, O_PATH | O_DIRECTORY);
    struct stat status {};
    if (!from || ::fstatat(from->get(), target.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 ||
        S_ISDIR(status.st_mode))
        return fail(ErrorKind::corrupt, "unpack entry", quoted(entry),
                    "it is a hard link to \"" + entry.link + "\", which this layer does not have as a file");
    ISOLAB_ASSIGN(const int parent, root_.parent(path.parent));
    if (target.path() == path.path())
        return {}; // a link to itself: to remove the name would remove the file
    ISOLAB_TRY(root_.remove(parent, path.name));
    if (::linkat(from->get(), target.name.c_str(), parent, path.name.c_str(), 0) != 0) // 0: no link is followed
        return unpack_failure(entry);
    if (const FileOwner* const owner = owners_.find(target.path()))
        owners_.set(path.path(), FileOwner(*owner));
    return {};
}

Result<void> LayerWriter::write_node(int parent, const TarEntry& entry, const EntryPath& path) {
    const mode_t type = node_type(entry.type);
    if (path.name.empty() || (!privileged_ && type != S_IFIFO))
        return {};
    ISOLAB_TRY(root_.remove(parent, path.name));
    if (::mknodat(parent, path.name.c_str(), type | 0600U, type == S_IFIFO ? 0 : entry.device) != 0)
        return unpack_failure(entry);
    ISOLAB_TRY(apply_attributes(parent, path.name, entry, privileged_));
    return record_owner(entry, path);
}

Result<void> LayerWriter::write_whiteout(int parent, const EntryPath& path) {
    // What is there came with this layer and stays. A file covers what is below the layer by itself, a directory would
    // be merged with it.
    struct stat status {};
    if (::fstatat(parent, path.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
        return S_ISDIR(status.st_mode) ? make_opaque(parent, path.name) : Result<void>{};
    if (::mknodat(parent, path.name.c_str(), S_IFCHR, 0) != 0)
        return fail_errno(errno, "make whiteout", "\"" + path.path() + "\"");
    return {};
}

/// True when a whiteout of this name has been written, which a directory must go on expressing.
Result<bool> LayerWriter::hides_lower(int parent, const std::string& name) {
    struct stat status {};
    if (::fstatat(parent, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    return is_whiteout(status);
}

Result<void> LayerWriter::make_opaque(int parent, const std::string& name) {
    // Linux has setxattrat(2) since 6.13 only; the path begins at the descriptor, so that nobody can lead it elsewhere.
    const std::string path = "/proc/self/fd/" + std::to_string(parent) + "/" + name;
    if (::lsetxattr(path.c_str(), opaque_attribute(privileged_), "y", 1, 0) != 0)
        return fail_errno(errno, "mark as opaque", "\"" + name + "\"");
    return {};
}

/// What has to be kept until the end must not fill the memory.
Result<void> LayerWriter::remember(std::size_t bytes, const TarEntry& entry) {
    remembered_ += bytes;
    if (remembered_ <= memory_)
        return {};
    return fail(ErrorKind::no_space, "unpack", quoted(entry),
                "names and attributes in this layer take more than " + std::to_string(memory_) + " bytes",
                "Such a layer is broken or hostile; get the image from a trustworthy source");
}

Result<void> LayerWriter::record_owner(const TarEntry& entry, const EntryPath& path) {
    if (privileged_)
        return {};
    ISOLAB_ASSIGN(std::string key, root_.real_parent());
    key += (key.empty() || path.name.empty() ? "" : "/") + path.name;
    ISOLAB_TRY(remember(key.size() + sizeof(FileOwner) + sizeof(std::string), entry));
    owners_.set(key.empty() ? "." : key,
                {file_type(entry.type) | entry.permissions, static_cast<std::uint32_t>(entry.uid),
                 static_cast<std::uint32_t>(entry.gid)});
    return {};
}

std::vector<std::string> LayerWriter::undescribed() const {
    std::vector<std::string> candidates = root_.made();
    candidates.emplace_back(".");
    std::erase_if(candidates, [&](const std::string& path) {
        const Result<UniqueFd> fd = open_in_root(root_.fd(), path, O_PATH | O_DIRECTORY | O_NOFOLLOW);
        struct stat status {};
        return !fd || ::fstat(fd->get(), &status) != 0 || directories_.contains(status.st_ino);
    });
    return candidates;
}

Result<void> LayerWriter::finish() {
    for (const auto& [inode, pending] : directories_) {
        const Result<UniqueFd> fd = open_in_root(root_.fd(), pending.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        struct stat status {};
        if (!fd || ::fstat(fd->get(), &status) != 0 || status.st_ino != inode)
            continue; // replaced by a later entry
        ISOLAB_TRY(apply_attributes(fd->get(), pending.entry, privileged_));
    }
    return {};
}

} // namespace isolab
