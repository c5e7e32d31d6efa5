// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/image/tar_reader.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <archive_entry.h>
#include <locale.h>
#include <sys/stat.h>

#include "engine/image/archive_handle.h"

namespace isolab {
namespace {

/// Names in PAX headers are UTF-8; libarchive converts them to the thread's locale, so a UTF-8 one is set meanwhile.
class Utf8Locale {
  public:
    Utf8Locale() noexcept : former_(::uselocale(shared())) {}
    Utf8Locale(const Utf8Locale&) = delete;
    Utf8Locale& operator=(const Utf8Locale&) = delete;
    ~Utf8Locale() { ::uselocale(former_); }

  private:
    static locale_t shared() noexcept {
        static const locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
        return utf8 != nullptr ? utf8 : LC_GLOBAL_LOCALE;
    }
    locale_t former_;
};

struct TypeOfMode {
    mode_t mode;
    TarEntry::Type type;
};
constexpr std::array types_of_modes{
    TypeOfMode{S_IFREG, TarEntry::Type::file},         TypeOfMode{S_IFDIR, TarEntry::Type::directory},
    TypeOfMode{S_IFLNK, TarEntry::Type::symlink},      TypeOfMode{S_IFCHR, TarEntry::Type::character_device},
    TypeOfMode{S_IFBLK, TarEntry::Type::block_device}, TypeOfMode{S_IFIFO, TarEntry::Type::fifo},
};

TarEntry::Type type_of(archive_entry* entry) noexcept {
    if (archive_entry_hardlink(entry) != nullptr)
        return TarEntry::Type::hardlink;
    const mode_t mode = archive_entry_filetype(entry);
    const auto* const found = std::ranges::find(types_of_modes, mode, &TypeOfMode::mode);
    return found != types_of_modes.end() ? found->type : TarEntry::Type::other;
}

std::string text_or_empty(const char* text) { return text != nullptr ? text : ""; }

std::uint64_t unsigned_of(la_int64_t value) noexcept { return value > 0 ? static_cast<std::uint64_t>(value) : 0; }

TarEntry read_entry(archive_entry* entry) {
    TarEntry result;
    result.type = type_of(entry);
    result.path = text_or_empty(archive_entry_pathname(entry));
    result.link = text_or_empty(result.type == TarEntry::Type::hardlink ? archive_entry_hardlink(entry)
                                                                        : archive_entry_symlink(entry));
    result.permissions = archive_entry_perm(entry) & 07777U;
    result.uid = unsigned_of(archive_entry_uid(entry));
    result.gid = unsigned_of(archive_entry_gid(entry));
    result.size = unsigned_of(archive_entry_size(entry));
    result.modified = {archive_entry_mtime(entry), archive_entry_mtime_nsec(entry)};
    result.device = archive_entry_rdev(entry);
    archive_entry_xattr_reset(entry);
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK)
        result.xattrs.emplace_back(name, std::string(static_cast<const char*>(value), size));
    return result;
}

} // namespace

struct TarReader::Stream {
    explicit Stream(ByteSource& source) : feed{source, {}, {}}, handle(archive_read_new()) {}
    ArchiveFeed feed;
    ArchiveHandle handle;
    bool opened = false;
};

TarReader::TarReader(ByteSource& source) : stream_(std::make_unique<Stream>(source)) {
    archive_read_support_format_tar(stream_->handle.get());
}
TarReader::~TarReader() = default;

Result<std::optional<TarEntry>> TarReader::next() {
    const Utf8Locale locale;
    archive* const handle = stream_->handle.get();
    const bool first = !std::exchange(stream_->opened, true);
    int status = first ? archive_read_open(handle, &stream_->feed, nullptr, ArchiveFeed::read, nullptr) : ARCHIVE_OK;
    archive_entry* entry = nullptr;
    if (status == ARCHIVE_OK)
        status = archive_read_next_header(handle, &entry);
    if (status == ARCHIVE_EOF)
        return std::optional<TarEntry>{};
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
        Error error = stream_->feed.error(handle, "read archive");
        if (first && !stream_->feed.trouble && archive_errno(handle) == EILSEQ)
            error.kind = ErrorKind::invalid_argument;
        return fail(std::move(error));
    }
    if (archive_entry_pathname(entry) == nullptr)
        return fail(ErrorKind::corrupt, "read archive", stream_->feed.source.label(),
                    "an entry's name is not valid UTF-8");
    return std::optional(read_entry(entry));
}

Result<std::optional<TarReader::Block>> TarReader::next_block() {
    const void* data = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int status = archive_read_data_block(stream_->handle.get(), &data, &size, &offset);
    if (status == ARCHIVE_EOF)
        return std::optional<Block>{};
    if (status != ARCHIVE_OK)
        return fail(stream_->feed.error(stream_->handle.get(), "read archive"));
    return std::optional(Block{{static_cast<const char*>(data), size}, unsigned_of(offset)});
}

Result<std::string_view> TarMemberSource::next() {
    std::optional<TarReader::Block> block;
    do {
        ISOLAB_ASSIGN(block, reader_.next_block());
    } while (block && block->bytes.empty());
    if (block ? block->offset != position_ : entry_.size != position_)
        return fail(ErrorKind::corrupt, "read archive", "\"" + entry_.path + "\"", "it has holes (a sparse file)",
                    "Write the archive again without sparse files");
    if (!block)
        return std::string_view{};
    position_ += block->bytes.size();
    return block->bytes;
}

} // namespace isolab
