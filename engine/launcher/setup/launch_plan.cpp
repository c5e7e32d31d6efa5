// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/setup/launch_plan.h"

#include <algorithm>
#include <array>

namespace isolab::launcher {

const OpenedNamespace* LaunchPlan::joined_of(int flag) const {
    const auto found = std::ranges::find_if(joined, [flag](const auto& one) { return one.kind->flag == flag; });
    return found == joined.end() ? nullptr : &*found;
}

bool LaunchPlan::pauses_in_setup() const {
    using enum HookPoint;
    return !spec.net_devices.empty() ||
           std::ranges::any_of(std::array{prestart, create_runtime, create_container, start_container},
                               [this](HookPoint point) { return !spec.hooks.at(point).empty(); });
}

} // namespace isolab::launcher
