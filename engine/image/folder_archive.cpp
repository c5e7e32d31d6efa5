// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/image/folder_archive.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include "engine/base/unique_fd.h"
#include "engine/image/archive_handle.h"

namespace isolab {
namespace {

constexpr std::size_t block_bytes = 64U << 10U;
constexpr auto operation_out = "write archive of";
constexpr auto operation_in = "unpack archive into";

struct FreeWriter {
    void operator()(archive* handle) const noexcept { ::archive_write_free(handle); }
};
using WriterHandle = std::unique_ptr<archive, FreeWriter>;

struct FreeEntry {
    void operator()(archive_entry* entry) const noexcept { ::archive_entry_free(entry); }
};
using EntryHandle = std::unique_ptr<archive_entry, FreeEntry>;

struct FreeResolver {
    void operator()(archive_entry_linkresolver* resolver) const noexcept {
        ::archive_entry_linkresolver_free(resolver);
    }
};

std::string text_of(archive* handle) {
    const char* text = ::archive_error_string(handle);
    return text == nullptr ? "it failed" : text;
}

/// Warnings, such as an attribute that cannot be kept, are none of ours: libarchive has gone on.
bool failed(int code) { return code < ARCHIVE_WARN; }

tl::unexpected<Error> write_failure(archive* handle, const std::string& subject) {
    const int number = ::archive_errno(handle);
    if (number > 0)
        return fail_errno(number, operation_out, subject);
    return fail(ErrorKind::system, operation_out, subject, text_of(handle));
}

/// One folder on its way into an archive.
class FolderWriter {
  public:
    FolderWriter(int output, bool keep_owners, const StopToken& stop)
        : archive_(::archive_write_new()), disk_(::archive_read_disk_new()), links_(::archive_entry_linkresolver_new()),
          keep_owners_(keep_owners), stop_(stop) {
        ::archive_write_set_format_pax(archive_.get());
        ::archive_write_set_bytes_in_last_block(archive_.get(), 1); // no padding beyond the format's end
        ::archive_read_disk_set_symlink_physical(disk_.get());
        ::archive_entry_linkresolver_set_strategy(links_.get(), ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE);
        opened_ = ::archive_write_open_fd(archive_.get(), output);
    }

    Result<void> write(const std::filesystem::path& folder) {
        if (failed(opened_))
            return write_failure(archive_.get(), folder.string());
        std::error_code wrong;
        auto at = std::filesystem::recursive_directory_iterator(folder, wrong);
        for (; !wrong && at != std::filesystem::recursive_directory_iterator(); at.increment(wrong))
            ISOLAB_TRY(add(at->path(), at->path().lexically_relative(folder).string()));
        if (wrong)
            return fail_errno(wrong.value(), operation_out, folder.string());
        if (failed(::archive_write_close(archive_.get())))
            return write_failure(archive_.get(), folder.string());
        return {};
    }

  private:
    Result<void> add(const std::filesystem::path& file, const std::string& name) {
        ISOLAB_TRY(stop_.check(operation_out + (' ' + name)));
        EntryHandle made(::archive_entry_new());
        ::archive_entry_copy_sourcepath(made.get(), file.c_str());
        ::archive_entry_set_pathname(made.get(), name.c_str());
        if (failed(::archive_read_disk_entry_from_file(disk_.get(), made.get(), -1, nullptr)))
            return write_failure(disk_.get(), name);
        if (::archive_entry_filetype(made.get()) == AE_IFSOCK)
            return {};
        if (!keep_owners_) {
            ::archive_entry_set_uid(made.get(), 0);
            ::archive_entry_set_gid(made.get(), 0);
        }
        archive_entry* entry = made.release();
        archive_entry* later = nullptr; // other formats tell a link's content at its last name
        ::archive_entry_linkify(links_.get(), &entry, &later);
        const EntryHandle owned(entry);
        const EntryHandle second(later);
        if (!owned)
            return {};
        if (failed(::archive_write_header(archive_.get(), owned.get())))
            return write_failure(archive_.get(), name);
        return ::archive_entry_size(owned.get()) > 0 ? add_content(file, name) : Result<void>{};
    }

    Result<void> add_content(const std::filesystem::path& file, const std::string& name) {
        const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
        if (!fd)
            return fail_errno(errno, operation_out, name);
        const std::string step = operation_out + (' ' + name);
        for (std::vector<char> buffer(block_bytes);;) {
            ISOLAB_TRY(stop_.check(step));
            const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
            if (count < 0)
                return fail_errno(errno, operation_out, name);
            if (count == 0)
                return {};
            if (::archive_write_data(archive_.get(), buffer.data(), static_cast<std::size_t>(count)) < 0)
                return write_failure(archive_.get(), name);
        }
    }

    WriterHandle archive_;
    ArchiveHandle disk_;
    std::unique_ptr<archive_entry_linkresolver, FreeResolver> links_;
    bool keep_owners_;
    const StopToken& stop_;
    int opened_ = ARCHIVE_FATAL;
};

/// An archive on its way into a folder.
class FolderReader {
  public:
    FolderReader(std::filesystem::path folder, bool keep_owners, const StopToken& stop)
        : folder_(std::move(folder)), archive_(::archive_read_new()), disk_(::archive_write_disk_new()), stop_(stop) {
        ::archive_read_support_filter_all(archive_.get());
        ::archive_read_support_format_tar(archive_.get());
        // Names are made absolute here, so libarchive's own check of that would refuse them all.
        int flags = ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_XATTR | ARCHIVE_EXTRACT_UNLINK |
                    ARCHIVE_EXTRACT_SECURE_NODOTDOT;
        if (keep_owners)
            flags |= ARCHIVE_EXTRACT_OWNER;
        ::archive_write_disk_set_options(disk_.get(), flags);
    }

    Result<void> read(int input) {
        if (failed(::archive_read_open_fd(archive_.get(), input, block_bytes)))
            return fail(ErrorKind::invalid_argument, operation_in, folder_.string(), text_of(archive_.get()),
                        "Give a tar archive on standard input");
        for (;;) {
            ISOLAB_TRY(stop_.check(operation_in));
            archive_entry* entry = nullptr;
            const int code = ::archive_read_next_header(archive_.get(), &entry);
            if (code == ARCHIVE_EOF)
                return finish();
            if (failed(code))
                return fail(first_ ? ErrorKind::invalid_argument : ErrorKind::corrupt, operation_in, folder_.string(),
                            text_of(archive_.get()), first_ ? "Give a tar archive on standard input" : "");
            first_ = false;
            ISOLAB_TRY(unpack(entry));
        }
    }

  private:
    Result<void> unpack(archive_entry* entry) {
        const char* given = ::archive_entry_pathname(entry);
        const std::string name = given == nullptr ? "" : given;
        ISOLAB_TRY(check(name));
        ::archive_entry_copy_pathname(entry, (folder_ / name).c_str());
        if (const char* link = ::archive_entry_hardlink(entry); link != nullptr) {
            const std::string other = link;
            ISOLAB_TRY(check(other));
            ::archive_entry_copy_hardlink(entry, (folder_ / other).c_str());
        }
        if (failed(::archive_write_header(disk_.get(), entry)))
            return disk_failure(name);
        const void* bytes = nullptr;
        std::size_t size = 0;
        la_int64_t offset = 0;
        for (;;) {
            ISOLAB_TRY(stop_.check("unpack " + name));
            const int code = ::archive_read_data_block(archive_.get(), &bytes, &size, &offset);
            if (code == ARCHIVE_EOF)
                break;
            if (failed(code))
                return fail(ErrorKind::corrupt, "unpack", name, text_of(archive_.get()));
            if (::archive_write_data_block(disk_.get(), bytes, size, offset) < 0)
                return disk_failure(name);
        }
        return failed(::archive_write_finish_entry(disk_.get())) ? disk_failure(name) : Result<void>{};
    }

    /// Neither the name nor a link on the way may lead out.
    Result<void> check(const std::string& name) const {
        const std::filesystem::path path(name);
        if (path.is_absolute() || std::ranges::find(path, std::filesystem::path("..")) != path.end())
            return fail(ErrorKind::corrupt, "unpack", name, "the name leads out of the archive");
        std::filesystem::path way = folder_;
        for (const auto& part : path.parent_path()) {
            way /= part;
            if (std::error_code missing; std::filesystem::is_symlink(way, missing))
                return fail(ErrorKind::corrupt, "unpack", name, "a symbolic link is in its way");
        }
        return {};
    }

    /// Directories get their modes and times now.
    Result<void> finish() {
        return failed(::archive_write_close(disk_.get())) ? disk_failure(folder_.string()) : Result<void>{};
    }

    tl::unexpected<Error> disk_failure(const std::string& name) const {
        const int number = ::archive_errno(disk_.get());
        if (number > 0)
            return fail_errno(number, "unpack", name);
        return fail(ErrorKind::corrupt, "unpack", name, text_of(disk_.get()));
    }

    std::filesystem::path folder_;
    ArchiveHandle archive_;
    WriterHandle disk_;
    const StopToken& stop_;
    bool first_ = true;
};

} // namespace

Result<void> archive_folder(const std::filesystem::path& folder, int output, bool keep_owners, const StopToken& stop) {
    return FolderWriter(output, keep_owners, stop).write(folder);
}

Result<void> unpack_archive(int input, const std::filesystem::path& folder, bool keep_owners, const StopToken& stop) {
    return FolderReader(folder, keep_owners, stop).read(input);
}

} // namespace isolab
