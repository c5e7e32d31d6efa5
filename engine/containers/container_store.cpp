// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/container_store.h"

#include <algorithm>
#include <cerrno>

#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file_lock.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/random_id.h"

namespace isolab {
namespace {

constexpr const char* settings_file = "container.json";
constexpr std::size_t id_digits = 64;

bool is_id_text(const std::string& text) {
    return !text.empty() && text.size() <= id_digits &&
           std::ranges::all_of(text, [](char one) { return (one >= '0' && one <= '9') || (one >= 'a' && one <= 'f'); });
}

/// Locks the folder itself, which is there to the end of its removal. It may have gone while the lock was waited for.
Result<UniqueFd> lock_container(const std::filesystem::path& folder, const std::optional<LockPatience>& patience) {
    const auto gone =
        fail(ErrorKind::not_found, "find container", folder.filename().string().substr(0, 12), "it was removed");
    Result<UniqueFd> file = open_lock_folder(folder);
    if (!file && file.error().kind == ErrorKind::not_found)
        return gone;
    if (!file)
        return file;
    if (patience)
        ISOLAB_TRY(wait_for_lock(*file, LockKind::exclusive, "container " + folder.filename().string().substr(0, 12),
                                 *patience));
    else if (!try_lock(*file, LockKind::exclusive))
        return fail_errno(errno, "lock", folder.string());
    struct stat held {};
    struct stat there {};
    if (::fstat(file->get(), &held) != 0 || ::stat(folder.c_str(), &there) != 0 || held.st_ino != there.st_ino)
        return gone;
    return file;
}

} // namespace

Result<ContainerStore> ContainerStore::open(const std::filesystem::path& root) {
    ContainerStore store(root);
    ISOLAB_TRY(make_private_directory(store.root_));
    ISOLAB_TRY(make_private_directory(store.folders_));
    ISOLAB_TRY(make_private_directory(store.names_));
    return store;
}

Result<void> ContainerStore::take_name(const std::string& name, const std::string& id) const {
    ISOLAB_TRY(check_container_name(name));
    if (::symlink(id.c_str(), (names_ / name).c_str()) == 0)
        return {};
    if (errno != EEXIST)
        return fail_errno(errno, "name container", name);
    std::error_code failed;
    const auto owner = std::filesystem::read_symlink(names_ / name, failed).string();
    return fail(ErrorKind::already_exists, "name container", name,
                "the name is that of container " + owner.substr(0, 12),
                "Remove or rename that one, or choose another name");
}

Result<std::string> ContainerStore::take_any_name(const std::string& id) const {
    constexpr int tries = 50;
    for (int i = 0; i < tries; ++i) {
        std::string name = random_container_name();
        auto taken = take_name(name, id);
        if (taken)
            return name;
        if (taken.error().kind != ErrorKind::already_exists)
            return fail(taken.error());
    }
    std::string name = random_container_name() + "_" + id.substr(0, 6);
    ISOLAB_TRY(take_name(name, id));
    return name;
}

Result<ContainerStore::Lock> ContainerStore::make_folder(std::string& id) const {
    // Until its maker has locked it, a new folder looks like one whose maker was killed: tidy_up() waits meanwhile.
    ISOLAB_ASSIGN(const UniqueFd folders, open_lock_folder(folders_));
    ISOLAB_TRY(wait_for_lock(folders, LockKind::shared, folders_.string()));
    id = random_hex(id_digits);
    const auto path = folder(id);
    if (::mkdir(path.c_str(), 0700) != 0)
        return fail_errno(errno, "create container folder", path.string());
    auto locked = lock_container(path, LockPatience{});
    if (!locked) {
        ::rmdir(path.c_str());
        return fail(locked.error());
    }
    return Lock(std::move(*locked));
}

Result<ContainerStore::Lock> ContainerStore::reserve(ContainerSettings& settings) const {
    ISOLAB_ASSIGN(Lock lock, make_folder(settings.id));
    auto named = settings.name.empty() ? take_any_name(settings.id) : Result<std::string>(settings.name);
    if (named && !settings.name.empty())
        if (auto taken = take_name(settings.name, settings.id); !taken)
            named = fail(taken.error());
    if (!named) {
        [[maybe_unused]] const auto removed = remove(settings.id, {});
        return fail(named.error());
    }
    settings.name = *named;
    return lock;
}

Result<ContainerStore::Lock> ContainerStore::lock(const std::string& id, const StopToken& stop) const {
    ISOLAB_ASSIGN(UniqueFd file, lock_container(folder(id), LockPatience{.stop = stop}));
    return Lock(std::move(file));
}

Result<void> ContainerStore::write(const ContainerSettings& settings, Durability durability) const {
    return write_file_atomically(folder(settings.id) / settings_file, settings_to_json(settings).dump(1), 0600,
                                 durability == Durability::durable);
}

Result<ContainerSettings> ContainerStore::read(const std::string& id) const {
    const auto file = folder(id) / settings_file;
    ISOLAB_ASSIGN(const Json document, read_json_file(file));
    return settings_from_json(document, file.string());
}

Result<std::string> ContainerStore::resolve(const std::string& reference) const {
    const auto unknown = fail(ErrorKind::not_found, "find container", reference, "there is none of that name or id",
                              "See isolab container ls --all");
    std::error_code failed;
    if (reference.size() == id_digits && is_id_text(reference) && std::filesystem::exists(folder(reference), failed))
        return reference;
    if (check_container_name(reference)) {
        const auto id = std::filesystem::read_symlink(names_ / reference, failed).string();
        if (!failed && std::filesystem::exists(folder(id) / settings_file, failed))
            return id;
    }
    if (!is_id_text(reference))
        return unknown;
    ISOLAB_ASSIGN(const std::vector<std::string> all, ids());
    std::string found;
    for (const std::string& id : all) {
        if (!id.starts_with(reference))
            continue;
        if (!found.empty())
            return fail(ErrorKind::invalid_argument, "find container", reference, "several ids begin with it",
                        "Give more digits, or a name");
        found = id;
    }
    return found.empty() ? Result<std::string>(unknown) : found;
}

Result<void> ContainerStore::rename(ContainerSettings& settings, const std::string& name) const {
    ISOLAB_TRY(take_name(name, settings.id));
    const std::string before = std::exchange(settings.name, name);
    if (auto written = write(settings); !written) {
        settings.name = before;
        ::unlink((names_ / name).c_str());
        return written;
    }
    ::unlink((names_ / before).c_str());
    return {};
}

Result<void> ContainerStore::remove(const std::string& id, const std::string& name) const {
    {
        ISOLAB_ASSIGN(const UniqueFd names, lock_folder(names_));
        // Without its settings it is not seen any more, whatever of the rest can be removed.
        ::unlink((folder(id) / settings_file).c_str());
        std::error_code failed;
        if (!name.empty() && std::filesystem::read_symlink(names_ / name, failed) == id)
            ::unlink((names_ / name).c_str());
    }
    return remove_tree(folder(id));
}

Result<std::vector<std::string>> ContainerStore::ids() const {
    std::vector<std::string> all;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(folders_, failed))
        if (std::filesystem::exists(entry.path() / settings_file, failed))
            all.push_back(entry.path().filename().string());
    return all;
}

Result<UniqueFd> ContainerStore::lock_leftover(const std::filesystem::path& folder) const {
    ISOLAB_ASSIGN(const UniqueFd folders, lock_folder(folders_)); // nobody makes one meanwhile
    ISOLAB_ASSIGN(UniqueFd held, lock_container(folder, std::nullopt));
    std::error_code failed;
    if (std::filesystem::exists(folder / settings_file, failed) || failed)
        return fail(ErrorKind::already_exists, "tidy up", folder.string(), "it is a container by now");
    return held;
}

bool ContainerStore::leads_nowhere(const std::filesystem::path& name) const {
    std::error_code failed;
    const auto id = std::filesystem::read_symlink(name, failed).string();
    return !failed && !std::filesystem::exists(folder(id), failed) && !failed;
}

Result<void> ContainerStore::tidy_up() const {
    Result<void> result;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(folders_, failed)) {
        if (std::filesystem::exists(entry.path() / settings_file, failed) || failed)
            continue;
        const auto held = lock_leftover(entry.path());
        if (!held)
            continue;
        if (auto removed = remove_tree(entry.path()); !removed)
            result = std::move(removed);
    }
    for (const auto& entry : std::filesystem::directory_iterator(names_, failed)) {
        if (!leads_nowhere(entry.path()))
            continue;
        // A name that is given back between the look at it and its removal could be another's by then.
        ISOLAB_ASSIGN(const UniqueFd names, lock_folder(names_));
        if (leads_nowhere(entry.path()))
            ::unlink(entry.path().c_str());
    }
    return result;
}

} // namespace isolab
