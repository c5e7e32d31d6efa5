// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cerrno>
#include <memory>
#include <optional>

#include <archive.h>

#include "engine/image/byte_source.h"

namespace isolab {

struct FreeArchive {
    void operator()(archive* handle) const noexcept { ::archive_read_free(handle); }
};
using ArchiveHandle = std::unique_ptr<archive, FreeArchive>;

/// Feeds a ByteSource to libarchive. The source's own Error is kept, because libarchive only passes a text on.
struct ArchiveFeed {
    ByteSource& source;
    std::string_view ahead; ///< bytes already taken from the source, delivered first
    std::optional<Error> trouble;

    static la_ssize_t read(archive* handle, void* self, const void** buffer) noexcept {
        auto& feed = *static_cast<ArchiveFeed*>(self);
        std::string_view piece = std::exchange(feed.ahead, {});
        if (piece.empty()) {
            Result<std::string_view> next = feed.source.next();
            if (!next) {
                ::archive_set_error(handle, EIO, "%s", next.error().cause.c_str());
                feed.trouble = std::move(next).error();
                return ARCHIVE_FATAL;
            }
            piece = *next;
        }
        *buffer = piece.data();
        return static_cast<la_ssize_t>(piece.size());
    }

    /// The Error of a failed libarchive call: the source's own when it failed, otherwise damaged data.
    Error error(archive* handle, const char* operation) const {
        if (trouble)
            return *trouble;
        const char* const text = ::archive_error_string(handle);
        return {ErrorKind::corrupt, operation, source.label(), text != nullptr ? text : "damaged data", {}};
    }
};

} // namespace isolab
