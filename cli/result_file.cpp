// SPDX-License-Identifier: GPL-3.0-or-later
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command_line.h"
#include "engine/base/file_tree.h"
#include "engine/base/standard_streams.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> unwritable(int error_number, const std::string& file) {
    Error error = system_error(error_number, "write the result into", file);
    error.remedy = "Name a file in a folder that exists and can be written";
    return fail(std::move(error));
}

/// Writes through the name, as a shell's redirection does.
Result<void> write_through(const std::string& text, const std::string& file) {
    const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY | O_CLOEXEC, 0666));
    if (!fd)
        return unwritable(errno, file);
    for (std::string_view left = text; !left.empty();) {
        const ssize_t written = ::write(fd.get(), left.data(), left.size());
        if (written > 0)
            left.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR)
            return unwritable(errno, file);
    }
    return {};
}

} // namespace

Result<void> write_result(const std::string& text, const std::string& file) {
    if (file.empty())
        return write_standard_output(text);
    struct stat status {};
    std::error_code error;
    if (::stat(file.c_str(), &status) == 0)
        return S_ISREG(status.st_mode)
                   ? write_file_atomically(fs::canonical(file, error), text, status.st_mode & 07777U)
                   : write_through(text, file);
    return fs::is_symlink(file, error) ? write_through(text, file) : write_user_file(file, text);
}

Result<void> check_result_file(const std::string& file) {
    if (file.empty())
        return check_standard_output();
    struct stat status {};
    const bool exists = ::stat(file.c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode))
        return unwritable(EISDIR, file);
    const fs::path folder = fs::path(file).has_parent_path() ? fs::path(file).parent_path() : fs::path(".");
    const bool replaced = !exists || S_ISREG(status.st_mode);
    if (replaced && ::stat(folder.c_str(), &status) == 0 && !S_ISDIR(status.st_mode))
        return unwritable(ENOTDIR, file);
    if (::access(replaced ? folder.c_str() : file.c_str(), replaced ? W_OK | X_OK : W_OK) != 0)
        return unwritable(errno, file);
    return {};
}

} // namespace isolab
