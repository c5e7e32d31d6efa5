// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/file_stamp.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/short_hash.h"

namespace isolab {
namespace {

constexpr std::uint64_t piece_count = 32;
constexpr std::uint64_t piece_size = 512;

/// A part of a file without a hole.
struct Extent {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

/// What lseek(2) tells of the file; all of it where that tells nothing.
std::vector<Extent> find_extents(int fd, std::uint64_t begin, std::uint64_t size) {
    std::vector<Extent> extents;
    for (std::uint64_t at = begin; at < size;) {
        const off_t data = ::lseek(fd, static_cast<off_t>(at), SEEK_DATA);
        if (data < 0 && errno == ENXIO)
            break;
        const off_t hole = data < 0 ? -1 : ::lseek(fd, data, SEEK_HOLE);
        if (hole <= data)
            return {{begin, size}};
        extents.push_back({static_cast<std::uint64_t>(data), static_cast<std::uint64_t>(hole)});
        at = extents.back().end;
    }
    return extents;
}

/// Evenly over the extents, as if there were nothing between them; the first piece and the last are at their ends.
std::vector<std::uint64_t> choose_pieces(const std::vector<Extent>& extents) {
    std::uint64_t total = 0;
    for (const Extent& extent : extents)
        total += extent.end - extent.begin;
    std::vector<std::uint64_t> pieces;
    const std::uint64_t span = total - std::min(total, piece_size);
    std::uint64_t passed = 0;
    auto extent = extents.begin();
    for (std::uint64_t i = 0; i < piece_count && total > 0; ++i) {
        const std::uint64_t wanted = span / (piece_count - 1) * i + span % (piece_count - 1) * i / (piece_count - 1);
        while (wanted - passed >= extent->end - extent->begin)
            passed += extent->end - extent->begin, ++extent;
        const std::uint64_t piece = extent->begin + (wanted - passed);
        if (pieces.empty() || pieces.back() != piece)
            pieces.push_back(piece);
    }
    return pieces;
}

/// Empty with errno(3) when it cannot be read.
std::optional<std::string> read_pieces(int fd, const std::vector<std::uint64_t>& pieces) {
    std::string content;
    std::array<char, piece_size> buffer{};
    for (const std::uint64_t piece : pieces) {
        ssize_t count = -1;
        do
            count = ::pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(piece));
        while (count < 0 && errno == EINTR);
        if (count < 0)
            return std::nullopt;
        content.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return content;
}

std::filesystem::path stamp_file(const std::filesystem::path& path) { return path.string() + ".stamp"; }

Result<void> write_durably(const std::filesystem::path& path, std::string_view content) {
    ISOLAB_TRY(write_file_atomically(path, content, 0600, true));
    return sync_folder(path.parent_path());
}

} // namespace

Result<FileStamp> take_stamp(const UniqueFd& fd, const std::string& shown, std::uint64_t begin) {
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0)
        return fail_errno(errno, "look at", shown);
    FileStamp stamp;
    stamp.size = static_cast<std::uint64_t>(status.st_size);
    stamp.pieces = choose_pieces(find_extents(fd.get(), begin, stamp.size));
    const auto content = read_pieces(fd.get(), stamp.pieces);
    if (!content)
        return fail_errno(errno, "read", shown);
    stamp.hash = short_hash(*content);
    return stamp;
}

std::optional<std::string> find_damage(const UniqueFd& fd, const FileStamp& stamp) {
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0)
        return std::string("it cannot be read: ") + strerrordesc_np(errno);
    if (static_cast<std::uint64_t>(status.st_size) != stamp.size)
        return "its size is " + std::to_string(status.st_size) + " bytes, and was " + std::to_string(stamp.size);
    ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_RANDOM); // what lies behind each piece is not needed
    const auto content = read_pieces(fd.get(), stamp.pieces);
    if (!content)
        return std::string("it cannot be read: ") + strerrordesc_np(errno);
    if (short_hash(*content) != stamp.hash)
        return "its content is not what was written";
    return std::nullopt;
}

Json to_json(const FileStamp& stamp) { return {{"size", stamp.size}, {"pieces", stamp.pieces}, {"hash", stamp.hash}}; }

Result<FileStamp> file_stamp_of(const Json& document, const std::string& subject) {
    FileStamp stamp;
    ISOLAB_ASSIGN(stamp.hash, json_string(document, "hash", subject));
    ISOLAB_ASSIGN(const auto size, json_optional_unsigned(document, "size", subject));
    const auto pieces = document.find("pieces");
    if (!size || pieces == document.end() || !pieces->is_array() || pieces->size() > piece_count ||
        !std::ranges::all_of(*pieces, [](const Json& piece) { return piece.is_number_unsigned(); }))
        return fail(ErrorKind::corrupt, "read", subject, "it does not tell how the file was");
    stamp.size = *size;
    stamp.pieces = pieces->get<std::vector<std::uint64_t>>();
    return stamp;
}

Result<void> write_stamped_file(const std::filesystem::path& path, std::string_view content) {
    ISOLAB_TRY(make_directories(path.parent_path()));
    ISOLAB_TRY(write_durably(path, content));
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd)
        return fail_errno(errno, "open", path.string());
    ISOLAB_ASSIGN(const FileStamp stamp, take_stamp(fd, path.string()));
    return write_durably(stamp_file(path), to_json(stamp).dump());
}

bool is_stamped_file_whole(const std::filesystem::path& path) {
    const auto document = read_json_file(stamp_file(path), 4096);
    if (!document)
        return false;
    const auto stamp = file_stamp_of(*document, path.string());
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return stamp && fd && !find_damage(fd, *stamp);
}

} // namespace isolab
