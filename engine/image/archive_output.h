// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cerrno>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include <archive.h>

#include "engine/base/error.h"

namespace isolab {

/// Takes bytes in pieces; its Error ends the writing.
using ByteSink = std::function<Result<void>(std::string_view)>;

struct FreeArchiveWriter {
    void operator()(archive* handle) const noexcept { ::archive_write_free(handle); }
};
using ArchiveWriterHandle = std::unique_ptr<archive, FreeArchiveWriter>;

/// Gives what libarchive writes to a ByteSink, whose own Error is kept, because libarchive only passes a text on.
struct ArchiveOutput {
    ByteSink sink;
    std::optional<Error> trouble;

    /// For archive_write_open().
    static la_ssize_t write(archive* handle, void* self, const void* bytes, std::size_t size) noexcept {
        auto& output = *static_cast<ArchiveOutput*>(self);
        if (output.trouble)
            return -1; // the archive is being given up
        Result<void> taken = output.sink({static_cast<const char*>(bytes), size});
        if (taken)
            return static_cast<la_ssize_t>(size);
        ::archive_set_error(handle, EIO, "%s", taken.error().cause.c_str());
        output.trouble = std::move(taken).error();
        return -1;
    }

    /// The Error of a failed libarchive call.
    Error error(archive* handle, const char* operation, std::string subject) const {
        if (trouble)
            return *trouble;
        const char* const text = ::archive_error_string(handle);
        return {ErrorKind::system, operation, std::move(subject), text != nullptr ? text : "libarchive failed", {}};
    }
};

} // namespace isolab
