// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/container_files.h"

#include <algorithm>
#include <set>

#include <unistd.h>

#include "engine/id_ranges.h"

namespace isolab {
namespace {

Result<IdMaps> id_maps_of(const ContainerSettings& settings) {
    if (::geteuid() == 0)
        return IdMaps{};
    ISOLAB_ASSIGN(UserMappings mappings, choose_user_mappings(settings.process, IdDemand::all));
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
        ISOLAB_TRY(containers_.pause(settings.id));
    auto image = commit_snapshot(images, *containers_.tools().layers, *parent, snapshot, ids, options, progress, stop);
    if (paused)
        ISOLAB_TRY(containers_.unpause(settings.id));
    return with_remedy(std::move(image));
}

Result<Command> ContainerFiles::copy_command(const std::string& reference, const CopyRequest& request) const {
    ISOLAB_ASSIGN(const ContainerInfo container, containers_.inspect(reference));
    Command command;
    command.argv = {containers_.tools().launcher.string(), "copy"};
    if (container.report.pid > 0)
        command.argv.insert(command.argv.end(), {"--pid", std::to_string(container.report.pid)});
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

} // namespace isolab
