// SPDX-License-Identifier: GPL-3.0-or-later
//
// Containers: their volumes.
#include <algorithm>

#include "engine/containers/containers.h"

namespace isolab {

/// Gives each volume that the settings name its folder; one without a name is made.
Result<void> Containers::make_volumes(ContainerSettings& settings) const {
    for (ContainerMount& mount : settings.mounts) {
        if (mount.kind != "volume")
            continue;
        ISOLAB_ASSIGN(const VolumeStore store, volumes());
        ISOLAB_ASSIGN(const Volume volume,
                      store.create(mount.volume.empty() ? std::nullopt : std::optional(mount.volume)));
        mount.volume = volume.name;
        mount.source = volume.data.string();
    }
    return {};
}

Result<void> Containers::add_mounts_of(const std::string& reference, bool read_only,
                                       ContainerSettings& settings) const {
    ISOLAB_ASSIGN(const ContainerInfo other, inspect(reference));
    for (ContainerMount mount : other.settings.mounts) {
        const auto has_place = [&](const ContainerMount& one) { return one.target == mount.target; };
        if (mount.kind == "tmpfs" || std::ranges::any_of(settings.mounts, has_place))
            continue;
        mount.read_only = mount.read_only || read_only;
        settings.mounts.push_back(std::move(mount));
    }
    return {};
}

/// An empty volume begins with what the image has in its place.
Result<void> Containers::fill_volumes(const ContainerSettings& settings) const {
    for (const ContainerMount& mount : settings.mounts) {
        if (mount.kind != "volume")
            continue;
        NoProgress silent;
        ISOLAB_ASSIGN(const VolumeStore store, volumes());
        ISOLAB_ASSIGN(const Image image, container_image(settings));
        ISOLAB_TRY(store.hold_filled(mount.volume, {*tools_.layers, image, mount.target}, silent, {}));
    }
    return {};
}

Result<std::vector<std::string>> Containers::users_of_volume(const std::string& name) const {
    std::vector<std::string> users;
    ISOLAB_ASSIGN(const std::vector<std::string> ids, store_.ids());
    for (const std::string& id : ids)
        if (const auto settings = store_.read(id))
            if (std::ranges::any_of(settings->mounts, [&](const auto& mount) { return mount.volume == name; }))
                users.push_back(settings->name);
    return users;
}

} // namespace isolab
