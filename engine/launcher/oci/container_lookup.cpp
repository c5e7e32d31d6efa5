// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/oci/container_lookup.h"

namespace isolab::launcher {

Result<std::filesystem::path> states_of(const Options& options) {
    if (options.root.empty())
        return fail(ErrorKind::invalid_argument, "keep container states", {}, "no folder is known for them",
                    "Give --root, or set XDG_RUNTIME_DIR");
    std::error_code failed;
    return std::filesystem::absolute(options.root, failed) / "containers";
}

Result<ContainerView> look_at_named(const Options& options) {
    ISOLAB_ASSIGN(const auto states, states_of(options));
    return look_with_group(states, options.id);
}

Result<ContainerView> look_with_group(const std::filesystem::path& states, const std::string& id) {
    ISOLAB_ASSIGN(ContainerView view, look_at(states, id));
    const bool alive = view.status == ContainerStatus::created || view.status == ContainerStatus::running;
    if (const auto group = alive ? group_of(view.record) : std::nullopt; group && group->is_frozen())
        view.status = ContainerStatus::paused;
    return view;
}

std::optional<ControlGroup> group_of(const ContainerRecord& record) {
    const CgroupLayout layout = find_cgroup_layout(record.scope);
    if (record.control_group.empty() || layout.version == CgroupVersion::none)
        return std::nullopt;
    auto group = ControlGroup::at(layout, record.control_group);
    return group ? std::optional(std::move(*group)) : std::nullopt;
}

tl::unexpected<Error> wrong_status(const char* operation, const Options& options, ContainerStatus status,
                                   std::string remedy) {
    return fail(ErrorKind::invalid_argument, operation, options.id,
                "the container is " + std::string(container_status_id(status)), std::move(remedy));
}

} // namespace isolab::launcher
