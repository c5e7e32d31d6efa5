// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/data_folder.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
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

/// Whether a name is that of something that lies in a data folder.
bool is_part_of_data(const std::string& name) {
    constexpr std::array parts{"images",     "layers",          "volumes", "network", "instances",
                               "containers", "user-namespaces", "disks",   "kernels", "machine-images",
                               "machines",   "libvirt",         "cache",   "tmp",     "scope"};
    return std::ranges::find(parts, name) != parts.end() || name.starts_with("history.sqlite") ||
           name.starts_with(".work-") || name.starts_with("scope.");
}

bool holds_data_alone(const fs::path& root) {
    std::error_code error;
    for (fs::directory_iterator it(root, error), end; !error && it != end; it.increment(error))
        if (!is_part_of_data(it->path().filename().string()))
            return false;
    return !error;
}

/// By whatever name.
bool is_system(const fs::path& root) {
    std::error_code error;
    const fs::path place = fs::weakly_canonical(root / ".", error);
    return place == fs::weakly_canonical(DataFolder::system, error) || place == fs::path(DataFolder::system) / "";
}

bool is_open(const fs::path& path, mode_t allowed = 0) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0 && !S_ISLNK(status.st_mode) && (status.st_mode & 0077U & ~allowed) != 0;
}

/// A folder after everything in it, so that who is interrupted does all of it again.
void close_tree(const fs::path& folder) {
    std::error_code gone;
    for (fs::recursive_directory_iterator it(folder, gone), end; !gone && it != end; it.increment(gone))
        keep_others_out(it->path());
    keep_others_out(folder);
}

/// Not what holds the roots of containers, which have modes of their own; their stores are closed.
void close_data(const DataFolder& data) {
    for (const fs::path& folder : {data.images(), data.disks(), data.machines(), data.libvirt(), data.cache(),
                                   DataFolder(data.instances()).cache()})
        close_tree(folder);
    for (const fs::path& folder :
         {data.layers(), data.volumes(), data.instances(), data.network(), data.machine_images(), data.temporary()})
        keep_others_out(folder);
    for (const char* ending : {"", "-wal", "-shm"})
        keep_others_out(data.history_file().string() + ending);
}

} // namespace

Result<void> open_data_folder(const fs::path& root) {
    if (root.has_relative_path() && !root.has_filename()) // ends in "/"
        return open_data_folder(root.parent_path());
    const mode_t mode = is_system(root) ? 0711 : 0700;
    struct stat status {};
    if (::stat(root.c_str(), &status) != 0 && errno == ENOENT) {
        if (root.has_parent_path() && root != root.root_path())
            ISOLAB_TRY(make_directories(root.parent_path(), 0755)); // what else will be there is not known
        return make_directories(root, mode);
    }
    ISOLAB_TRY(make_directories(root, mode));
    const DataFolder data(root);
    const bool open = is_open(root, mode) || is_open(data.disks()) || is_open(data.cache());
    if (!open || ::stat(root.c_str(), &status) != 0 || status.st_uid != ::geteuid() ||
        (status.st_mode & S_ISVTX) != 0 || !holds_data_alone(root))
        return {};
    close_data(data); // before the folder, for the same reason
    if (::chmod(root.c_str(), status.st_mode & (07700U | mode)) != 0)
        return fail_errno(errno, "keep other users out of", root.string());
    return {};
}

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
