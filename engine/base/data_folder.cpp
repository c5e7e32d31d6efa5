// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/data_folder.h"

#include <cerrno>
#include <string>

#include <fcntl.h>
#include <unistd.h>

#include "engine/base/file_tree.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t trial_bytes = 1U << 20U; ///< about what the first comparison writes at least

int write_trial(const fs::path& file) {
    const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fd)
        return errno;
    const std::string bytes(trial_bytes, '\0');
    for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t count = ::write(fd.get(), bytes.data() + done, bytes.size() - done);
        if (count < 0 && errno != EINTR)
            return errno;
        done += static_cast<std::size_t>(count < 0 ? 0 : count);
    }
    return ::fsync(fd.get()) == 0 ? 0 : errno; // some file systems find out only then that there is no room
}

Error unusable_data_folder(Error error, const fs::path& root) {
    error.operation = "use the data folder";
    error.subject = root.string();
    error.remedy = error.kind == ErrorKind::no_space ? "Make room there, or name another folder with --root"
                                                     : "Name another folder with --root, or set ISOLAB_ROOT";
    return error;
}

} // namespace

Result<void> try_data_folder(const fs::path& root) {
    std::error_code error;
    fs::path place = fs::absolute(root, error).lexically_normal();
    while (fs::status(place, error).type() == fs::file_type::not_found && place.has_relative_path())
        place = place.parent_path();
    auto made = make_temporary_directory(place, ".isolab-trial-");
    if (!made)
        return fail(unusable_data_folder(made.error(), root));
    const TemporaryTree trial(std::move(*made));
    if (const int number = write_trial(trial.path() / "file"); number != 0)
        return fail(unusable_data_folder(system_error(number, "write"), root));
    return {};
}

} // namespace isolab
