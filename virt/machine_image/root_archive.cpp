// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/machine_image/root_archive.h"

#include <array>
#include <memory>

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file_tree.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

struct FreeReader {
    void operator()(archive* reader) const noexcept { archive_read_free(reader); }
};
struct FreeWriter {
    void operator()(archive* writer) const noexcept { archive_write_free(writer); }
};
using Reader = std::unique_ptr<archive, FreeReader>;
using Writer = std::unique_ptr<archive, FreeWriter>;

tl::unexpected<Error> archive_failed(archive* handle, const std::string& subject) {
    const char* said = archive_error_string(handle);
    const int number = archive_errno(handle);
    Error error = system_error(number > 0 ? number : EIO, "unpack", subject);
    if (said != nullptr)
        error.cause = said;
    return fail(std::move(error));
}

Result<void> copy_content(archive* reader, archive* writer, const std::string& subject) {
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    for (;;) {
        const int got = archive_read_data_block(reader, &block, &size, &offset);
        if (got == ARCHIVE_EOF)
            return {};
        if (got < ARCHIVE_WARN)
            return archive_failed(reader, subject);
        if (archive_write_data_block(writer, block, size, offset) < ARCHIVE_WARN)
            return archive_failed(writer, subject);
    }
}

bool is_device(archive_entry* entry) {
    const auto type = archive_entry_filetype(entry);
    return type == AE_IFCHR || type == AE_IFBLK;
}

/// Without privilege the caller must be able to read what is packed into a file system later.
void note_owner(archive_entry* entry, const std::string& path, FileOwners& owners) {
    if (archive_entry_hardlink(entry) != nullptr)
        return;
    owners[path] = {static_cast<std::uint32_t>(archive_entry_mode(entry)),
                    static_cast<std::uint32_t>(archive_entry_uid(entry)),
                    static_cast<std::uint32_t>(archive_entry_gid(entry))};
    const unsigned reachable = archive_entry_filetype(entry) == AE_IFDIR ? S_IRWXU : S_IRUSR | S_IWUSR;
    archive_entry_set_perm(entry, (archive_entry_perm(entry) & 0777U) | reachable);
}

class RootUnpacker {
  public:
    RootUnpacker(archive* reader, archive* writer, fs::path tree)
        : reader_(reader), writer_(writer), tree_(std::move(tree)), privileged_(::geteuid() == 0) {}

    Result<void> unpack(archive_entry* entry) {
        const std::string path = fs::path(archive_entry_pathname(entry)).lexically_normal().relative_path().string();
        const std::string name = path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
        if (is_device(entry))
            return {};
        if (!privileged_)
            note_owner(entry, name.empty() ? "." : name, owners_);
        archive_entry_set_pathname(entry, (tree_ / name).c_str());
        if (const char* link = archive_entry_hardlink(entry))
            archive_entry_set_hardlink(entry, (tree_ / fs::path(link).lexically_normal().relative_path()).c_str());
        if (archive_write_header(writer_, entry) < ARCHIVE_WARN)
            return archive_failed(writer_, name);
        if (archive_entry_size(entry) > 0)
            ISOLAB_TRY(copy_content(reader_, writer_, name));
        if (archive_write_finish_entry(writer_) < ARCHIVE_WARN)
            return archive_failed(writer_, name);
        return {};
    }
    FileOwners take_owners() { return std::move(owners_); }

  private:
    archive* reader_;
    archive* writer_;
    fs::path tree_;
    bool privileged_;
    FileOwners owners_;
};

} // namespace

Result<FileOwners> unpack_root(const fs::path& file, const fs::path& tree, const StopToken& stop) {
    constexpr std::size_t block = 1U << 18U;
    ISOLAB_TRY(make_private_directory(tree));
    const Reader reader(archive_read_new());
    const Writer writer(archive_write_disk_new());
    archive_read_support_format_tar(reader.get());
    if (archive_read_open_filename(reader.get(), file.c_str(), block) != ARCHIVE_OK)
        return archive_failed(reader.get(), file.string());
    int flags =
        ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_SECURE_SYMLINKS | ARCHIVE_EXTRACT_SECURE_NODOTDOT;
    if (::geteuid() == 0)
        flags |= ARCHIVE_EXTRACT_OWNER | ARCHIVE_EXTRACT_XATTR | ARCHIVE_EXTRACT_ACL;
    archive_write_disk_set_options(writer.get(), flags);
    std::error_code error;
    RootUnpacker unpacker(reader.get(), writer.get(), fs::canonical(tree, error)); // no links on the way to it
    for (archive_entry* entry = nullptr;;) {
        ISOLAB_TRY(stop.check("unpack " + file.string()));
        const int got = archive_read_next_header(reader.get(), &entry);
        if (got == ARCHIVE_EOF)
            break;
        if (got < ARCHIVE_WARN)
            return archive_failed(reader.get(), file.string());
        ISOLAB_TRY(unpacker.unpack(entry));
    }
    if (archive_write_close(writer.get()) < ARCHIVE_WARN) // modes and times of folders
        return archive_failed(writer.get(), tree.string());
    return unpacker.take_owners();
}

} // namespace isolab
