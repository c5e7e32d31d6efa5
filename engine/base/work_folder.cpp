// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/work_folder.h"

#include <system_error>
#include <vector>

#include "engine/base/file_lock.h"

namespace isolab {
namespace {

constexpr const char* work_prefix = ".work-";

Result<std::vector<std::filesystem::path>> list_work_folders(const std::filesystem::path& parent) {
    std::vector<std::filesystem::path> found;
    std::error_code error;
    for (std::filesystem::directory_iterator it(parent, error), end; !error && it != end; it.increment(error))
        if (it->path().filename().string().starts_with(work_prefix))
            found.push_back(it->path());
    if (error)
        return fail_errno(error.value(), "list", parent.string());
    return found;
}

} // namespace

Result<WorkFolder> WorkFolder::create(const std::filesystem::path& parent) {
    // The parent's lock keeps remove_abandoned() away between the creation of the directory and its own lock.
    ISOLAB_ASSIGN(const UniqueFd guard, lock_folder(parent));
    ISOLAB_ASSIGN(std::filesystem::path path,
                  make_temporary_directory(parent, work_prefix + std::to_string(::getpid()) + "-"));
    TemporaryTree tree(path);
    ISOLAB_ASSIGN(UniqueFd lock, lock_folder(path));
    return WorkFolder(std::move(lock), tree.keep());
}

Result<void> WorkFolder::remove_abandoned(const std::filesystem::path& parent) {
    ISOLAB_ASSIGN(const auto candidates, list_work_folders(parent));
    if (candidates.empty())
        return {};
    std::vector<WorkFolder> abandoned; // removed by their destructors, once nobody has to wait for the parent's lock
    ISOLAB_ASSIGN(const UniqueFd guard, lock_folder(parent));
    for (const auto& candidate : candidates) {
        Result<UniqueFd> fd = open_lock_folder(candidate);
        if (fd && try_lock(*fd, LockKind::exclusive))
            abandoned.push_back(WorkFolder(std::move(*fd), candidate));
    }
    return {};
}

} // namespace isolab
