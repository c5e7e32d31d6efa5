// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/kernel/decompress.h"

#include <array>
#include <memory>

#include <archive.h>

namespace isolab {
namespace {

struct FreeArchive {
    void operator()(archive* reader) const noexcept { archive_read_free(reader); }
};
using Reader = std::unique_ptr<archive, FreeArchive>;

tl::unexpected<Error> unreadable(const Reader& reader, const std::string& subject) {
    const char* text = archive_error_string(reader.get());
    return fail(ErrorKind::corrupt, "decompress", subject, text != nullptr ? text : "unknown format");
}

} // namespace

Result<std::string> decompress(std::string_view packed, const std::string& subject, std::uint64_t limit) {
    const Reader reader(archive_read_new());
    archive_read_support_filter_all(reader.get());
    archive_read_support_format_raw(reader.get());
    archive_entry* entry = nullptr;
    if (archive_read_open_memory(reader.get(), packed.data(), packed.size()) != ARCHIVE_OK ||
        archive_read_next_header(reader.get(), &entry) != ARCHIVE_OK)
        return unreadable(reader, subject);
    std::string content;
    std::array<char, 65536> buffer{};
    for (;;) {
        const la_ssize_t count = archive_read_data(reader.get(), buffer.data(), buffer.size());
        if (count < 0)
            return unreadable(reader, subject);
        if (count == 0)
            return content;
        content.append(buffer.data(), static_cast<std::size_t>(count));
        if (content.size() > limit)
            return fail(ErrorKind::corrupt, "decompress", subject,
                        "it is larger than " + std::to_string(limit) + " bytes");
    }
}

} // namespace isolab
