// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/container_files.h"

#include <algorithm>
#include <set>

#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/process_identity.h"
#include "engine/base/subprocess.h"
#include "engine/base/work_folder.h"
#include "engine/image/folder_archive.h"
#include "engine/runtime_client/id_ranges.h"

namespace isolab {
namespace {

Result<IdMaps> id_maps_of(const ContainerSettings& settings) {
    if (::geteuid() == 0)
        return IdMaps{};
    ISOLAB_ASSIGN(UserMappings mappings, choose_user_mappings(settings.process));
    return IdMaps{std::move(mappings.uids), std::move(mappings.gids)};
}

/// Without root, files lie there under ids of the user's range, and those that nobody else may read stay closed.
template <class T> Result<T> with_remedy(Result<T> result) {
    if (!result && result.error().kind == ErrorKind::permission_denied && ::geteuid() != 0 &&
        result.error().remedy.empty())
        result.error().remedy = "Without root this reads only what all users of the container may read: change the "
                                "modes inside, or take the files out with isolab container cp";
    return result;
}

/// Places that exist in the writable layer only because something is mounted there.
std::set<std::string> mount_points(const ContainerSettings& settings) {
    std::set<std::string> places{"/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/dev",
                                 "/dev/pts",   "/dev/shm",      "/dev/mqueue",      "/proc",
                                 "/sys",       "/dev/console"};
    for (const ContainerMount& mount : settings.mounts)
        places.insert(mount.target);
    return places;
}

bool is_below(const std::string& path, const std::string& folder) {
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

/// Leaves mount points out, and folders that have changed by them alone.
void leave_out_mounts(std::vector<TreeChange>& changes, const std::set<std::string>& places) {
    const auto is_mount = [&](const TreeChange& one) {
        return places.contains(one.path) && one.kind != ChangeKind::deleted;
    };
    std::set<std::string> emptied;
    for (const TreeChange& one : changes)
        if (is_mount(one))
            emptied.insert(one.path.substr(0, one.path.rfind('/')));
    std::erase_if(changes, is_mount);
    for (bool again = true; again;) {
        again = false;
        for (auto one = changes.begin(); one != changes.end(); ++one) {
            const bool hollow =
                emptied.contains(one->path) && one->kind != ChangeKind::deleted &&
                std::ranges::none_of(changes, [&](const TreeChange& other) { return is_below(other.path, one->path); });
            if (!hollow)
                continue;
            emptied.insert(one->path.substr(0, one->path.rfind('/')));
            changes.erase(one);
            again = true;
            break;
        }
    }
}

constexpr auto longest_copy = std::chrono::hours(24);

/// What it has printed, without its name in front.
std::string told_by_launcher(std::string text) {
    constexpr std::string_view name = "isolab-runtime: ";
    text.erase(text.find_last_not_of('\n') + 1);
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name))
        text.erase(at, name.size());
    return text;
}

} // namespace

Result<std::vector<TreeChange>> image_differences(const LayerStore& layers, const Image& before, const Image& after,
                                                  const StopToken& stop) {
    ISOLAB_ASSIGN(const TreeView old_view, TreeView::of_image(layers, before));
    ISOLAB_ASSIGN(const TreeView new_view, TreeView::of_image(layers, after));
    return tree_changes(old_view, new_view, {false}, stop);
}

std::string changes_text(const std::vector<TreeChange>& changes) {
    std::string text;
    for (const TreeChange& change : changes) {
        text += change.kind == ChangeKind::added ? "A " : change.kind == ChangeKind::changed ? "C " : "D ";
        text += change.path + "\n";
    }
    return text;
}

Result<TreeView> ContainerFiles::view(const ContainerSettings& settings) const {
    ISOLAB_ASSIGN(const Image image, container_image(settings));
    ISOLAB_ASSIGN(const Snapshot snapshot, containers_.snapshot(settings));
    ISOLAB_ASSIGN(IdMaps ids, id_maps_of(settings));
    return TreeView::of_snapshot(*containers_.tools().layers, image, snapshot, std::move(ids));
}

Result<std::vector<TreeChange>> ContainerFiles::changes(const std::string& reference, const StopToken& stop) const {
    ISOLAB_ASSIGN(const ContainerInfo container, containers_.inspect(reference));
    ISOLAB_ASSIGN(const Image image, container_image(container.settings));
    ISOLAB_ASSIGN(const TreeView before, TreeView::of_image(*containers_.tools().layers, image));
    ISOLAB_ASSIGN(const TreeView after, view(container.settings));
    ISOLAB_ASSIGN(std::vector<TreeChange> changes, with_remedy(tree_changes(before, after, {}, stop)));
    leave_out_mounts(changes, mount_points(container.settings));
    return changes;
}

Result<std::vector<TreeChange>> ContainerFiles::differences(const std::string& before, const std::string& after,
                                                            const StopToken& stop) const {
    ISOLAB_ASSIGN(const ContainerInfo first, containers_.inspect(before));
    ISOLAB_ASSIGN(const ContainerInfo second, containers_.inspect(after));
    ISOLAB_ASSIGN(const TreeView old_view, view(first.settings));
    ISOLAB_ASSIGN(const TreeView new_view, view(second.settings));
    return with_remedy(tree_changes(old_view, new_view, {false}, stop));
}

Result<Image> ContainerFiles::commit(const std::string& reference, ImageStore& images, const CommitOptions& options,
                                     bool pause, ProgressSink& progress, const StopToken& stop) const {
    ISOLAB_ASSIGN(const ContainerInfo container, containers_.inspect(reference));
    const ContainerSettings& settings = container.settings;
    auto parent = images.find(settings.image_digest);
    if (!parent)
        parent = images.find(settings.image_name);
    if (!parent || parent->digest.text() != settings.image_digest)
        return fail(ErrorKind::not_found, "commit container", settings.name,
                    "its image " + settings.image_name + " is not in the store any more", "Import that image again");
    ISOLAB_ASSIGN(const Snapshot snapshot, containers_.snapshot(settings));
    ISOLAB_ASSIGN(const IdMaps ids, id_maps_of(settings));
    const bool paused = pause && container.phase == ContainerPhase::running;
    if (paused)
        ISOLAB_TRY(containers_.pause(settings.id, stop));
    auto image = commit_snapshot(images, *containers_.tools().layers, *parent, snapshot, ids, options, progress, stop);
    if (paused)
        ISOLAB_TRY(containers_.unpause(settings.id, {})); // also when it was stopped
    return with_remedy(std::move(image));
}

Result<Command> ContainerFiles::copy_command(const std::string& reference, const CopyRequest& request) const {
    ISOLAB_ASSIGN(const ContainerInfo container, containers_.inspect(reference));
    Command command;
    command.argv = {containers_.tools().launcher.string(), "--root", containers_.data_folder().string(), "copy"};
    if (const ProcessIdentity& process = container.report.process; process.pid > 0)
        command.argv.insert(command.argv.end(),
                            {"--pid", std::to_string(process.pid) + ":" + std::to_string(process.start_time)});
    else
        command.argv.insert(command.argv.end(), {"--bundle", containers_.folder(container.settings).string()});
    if (request.archive)
        command.argv.emplace_back("--archive");
    if (request.follow_link)
        command.argv.emplace_back("--follow-link");
    command.argv.insert(command.argv.end(),
                        {container.settings.id, request.into ? "in" : "out", request.source, request.destination});
    return command;
}

Result<void> ContainerFiles::copy_archive(const std::string& reference, CopyRequest request, int archive,
                                          std::vector<std::string>& warnings, const StopToken& stop) const {
    const bool owners = ::geteuid() == 0 && (request.archive || !request.into);
    ISOLAB_ASSIGN(const WorkFolder work, WorkFolder::create(containers_.data_folder()));
    const std::filesystem::path files = work.path() / "files"; // its mode and times are not those of anything
    ISOLAB_TRY(make_directories(files));
    if (request.into) {
        ISOLAB_TRY(unpack_archive(archive, files, owners, stop));
        request.source = (files / ".").string();
    } else {
        request.archive = true; // an archive tells owners; docker's does too
        request.destination = files.string();
    }
    ISOLAB_ASSIGN(const Command command, copy_command(reference, request));
    ISOLAB_ASSIGN(const CommandOutput copied, run_command(command.argv, stop, longest_copy));
    const std::string told = told_by_launcher(copied.err);
    if (copied.code != 0)
        return fail(ErrorKind::system, "copy", request.into ? request.destination : request.source,
                    told.empty() ? "the copy ended with exit code " + std::to_string(copied.code) : told);
    if (!told.empty())
        warnings.push_back(told);
    return request.into ? Result<void>{} : archive_folder(files, archive, owners, stop);
}

} // namespace isolab
