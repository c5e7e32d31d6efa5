// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/image/compressor.h"

#include <archive_entry.h>
#include <sys/stat.h>

#include "engine/image/archive_output.h"

namespace isolab {

struct Compressor::Stream {
    ArchiveOutput output;
    ArchiveWriterHandle handle; ///< after `output`, which it still writes to when it is freed

    Error error(const char* operation) const { return output.error(handle.get(), operation, "layer"); }
};

Compressor::Compressor(std::unique_ptr<Stream> stream) noexcept : stream_(std::move(stream)) {}
Compressor::Compressor(Compressor&&) noexcept = default;
Compressor::~Compressor() {
    if (stream_ && !stream_->output.trouble) // given up: what is left goes nowhere
        stream_->output.trouble = Error{ErrorKind::cancelled, "compress", {}, "it was given up", {}};
}

Result<Compressor> Compressor::create(Compression compression, ByteSink sink) {
    auto stream = std::make_unique<Stream>();
    stream->output.sink = std::move(sink);
    stream->handle.reset(::archive_write_new());
    archive* const handle = stream->handle.get();
    int added = ARCHIVE_FAILED;
    if (compression == Compression::none)
        added = ::archive_write_add_filter_none(handle);
    else if (compression == Compression::gzip)
        added = ::archive_write_add_filter_gzip(handle);
    else if (compression == Compression::zstd)
        added = ::archive_write_add_filter_zstd(handle);
    if (added != ARCHIVE_OK) // ARCHIVE_WARN: by an outside program
        return fail(ErrorKind::unsupported, "compress", std::string(compression_id(compression)),
                    "libarchive does not write it here", "Choose gzip");
    if (compression == Compression::gzip)
        ::archive_write_set_filter_option(handle, "gzip", "timestamp", nullptr);
    ::archive_write_set_format_raw(handle);
    ::archive_write_set_bytes_in_last_block(handle, 1);
    const std::unique_ptr<archive_entry, decltype(&::archive_entry_free)> entry(::archive_entry_new(),
                                                                                ::archive_entry_free);
    ::archive_entry_set_filetype(entry.get(), S_IFREG);
    if (::archive_write_open(handle, &stream->output, nullptr, ArchiveOutput::write, nullptr) != ARCHIVE_OK ||
        ::archive_write_header(handle, entry.get()) != ARCHIVE_OK)
        return fail(stream->error("compress"));
    return Compressor(std::move(stream));
}

Result<void> Compressor::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const la_ssize_t count = ::archive_write_data(stream_->handle.get(), bytes.data(), bytes.size());
        if (count <= 0)
            return fail(stream_->error("compress"));
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

Result<void> Compressor::finish() {
    if (::archive_write_close(stream_->handle.get()) != ARCHIVE_OK)
        return fail(stream_->error("compress"));
    return {};
}

} // namespace isolab
