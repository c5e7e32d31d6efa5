// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/image_removal.h"

#include "engine/base/data_folder.h"
#include "engine/containers/container_store.h"
#include "engine/containers/containers.h"
#include "engine/rootfs/snapshotter.h"

namespace isolab {
namespace {

Result<std::vector<ContainerSettings>> all_containers(const DataFolder& data) {
    std::vector<ContainerSettings> all;
    std::error_code failed;
    if (!std::filesystem::exists(data.instances(), failed))
        return all;
    ISOLAB_ASSIGN(const ContainerStore containers, ContainerStore::open(data.instances()));
    ISOLAB_ASSIGN(const std::vector<std::string> ids, containers.ids());
    for (const std::string& id : ids)
        if (auto settings = containers.read(id))
            all.push_back(std::move(*settings));
    return all;
}

} // namespace

Result<void> remove_image(ImageStore& images, const std::string& name, bool force) {
    const DataFolder data(images.folder().parent_path());
    ISOLAB_ASSIGN(const std::vector<ContainerSettings> containers, all_containers(data));
    const auto image = images.find(name); // fails for a damaged one, which can be removed too
    for (const ContainerSettings& one : containers)
        if (!force && image && one.image_digest == image->digest.text())
            return fail(ErrorKind::invalid_argument, "remove image", name, "container " + one.name + " was made of it",
                        "Remove that container first, or use --force");
    ISOLAB_TRY(images.remove(name));
    ISOLAB_ASSIGN(std::vector<Image> kept, images.list());
    for (const ContainerSettings& one : containers)
        if (auto used = container_image(one))
            kept.push_back(std::move(*used));
    ISOLAB_ASSIGN(const LayerStore layers, LayerStore::open(data.layers()));
    return layers.remove_unused(kept);
}

} // namespace isolab
