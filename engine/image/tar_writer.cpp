// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/image/tar_writer.h"

#include <array>

#include <archive_entry.h>
#include <sys/stat.h>

#include "engine/image/archive_output.h"

namespace isolab {
namespace {

struct FreeEntry {
    void operator()(archive_entry* entry) const noexcept { ::archive_entry_free(entry); }
};
using EntryHandle = std::unique_ptr<archive_entry, FreeEntry>;

mode_t file_type(TarEntry::Type type) noexcept {
    constexpr std::array types{S_IFREG, S_IFDIR, S_IFLNK, S_IFREG, S_IFCHR, S_IFBLK, S_IFIFO, S_IFREG};
    return static_cast<mode_t>(types[static_cast<std::size_t>(type)]);
}

EntryHandle make_entry(const TarEntry& entry, const std::vector<TarWriter::Extent>& extents) {
    EntryHandle made(::archive_entry_new());
    archive_entry* const handle = made.get();
    ::archive_entry_set_pathname(handle, entry.path.c_str());
    ::archive_entry_set_mode(handle, file_type(entry.type) | entry.permissions);
    ::archive_entry_set_uid(handle, static_cast<la_int64_t>(entry.uid));
    ::archive_entry_set_gid(handle, static_cast<la_int64_t>(entry.gid));
    ::archive_entry_set_mtime(handle, entry.modified.tv_sec, entry.modified.tv_nsec);
    const bool is_file = entry.type == TarEntry::Type::file;
    ::archive_entry_set_size(handle, is_file ? static_cast<la_int64_t>(entry.size) : 0);
    if (entry.type == TarEntry::Type::symlink)
        ::archive_entry_set_symlink(handle, entry.link.c_str());
    if (entry.type == TarEntry::Type::hardlink)
        ::archive_entry_set_hardlink(handle, entry.link.c_str());
    if (entry.type == TarEntry::Type::character_device || entry.type == TarEntry::Type::block_device)
        ::archive_entry_set_rdev(handle, entry.device);
    for (const auto& [name, value] : entry.xattrs)
        ::archive_entry_xattr_add_entry(handle, name.c_str(), value.data(), value.size());
    if (is_file)
        for (const TarWriter::Extent& extent : extents)
            ::archive_entry_sparse_add_entry(handle, static_cast<la_int64_t>(extent.offset),
                                             static_cast<la_int64_t>(extent.size));
    return made;
}

} // namespace

struct TarWriter::Stream {
    ArchiveOutput output;
    ArchiveWriterHandle handle; ///< after `output`, which it still writes to when it is freed
    std::string path;           ///< of the present member, for errors

    Error error(const char* operation) const { return output.error(handle.get(), operation, "\"" + path + "\""); }
};

TarWriter::TarWriter(ByteSink sink) : stream_(std::make_unique<Stream>()) {
    stream_->output.sink = std::move(sink);
    stream_->handle.reset(::archive_write_new());
    archive* const handle = stream_->handle.get();
    ::archive_write_set_format_pax(handle);
    ::archive_write_set_options(handle, "pax:xattrheader=SCHILY,pax:hdrcharset=BINARY");
    ::archive_write_set_bytes_in_last_block(handle, 1);
    ::archive_write_open(handle, &stream_->output, nullptr, ArchiveOutput::write, nullptr);
}

TarWriter::~TarWriter() {
    if (!stream_->output.trouble) // given up: what is left goes nowhere
        stream_->output.trouble = Error{ErrorKind::cancelled, "write archive", {}, "it was given up", {}};
}

Result<void> TarWriter::begin(const TarEntry& entry, const std::vector<Extent>& extents) {
    stream_->path = entry.path;
    const EntryHandle made = make_entry(entry, extents);
    if (::archive_write_header(stream_->handle.get(), made.get()) != ARCHIVE_OK)
        return fail(stream_->error("add to the archive"));
    return {};
}

Result<void> TarWriter::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const la_ssize_t count = ::archive_write_data(stream_->handle.get(), bytes.data(), bytes.size());
        if (count <= 0)
            return fail(stream_->error("add to the archive"));
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

Result<void> TarWriter::finish() {
    if (::archive_write_close(stream_->handle.get()) != ARCHIVE_OK)
        return fail(stream_->error("end the archive"));
    return {};
}

} // namespace isolab
