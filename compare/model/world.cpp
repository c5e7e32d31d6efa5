// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/model/world.h"

#include <algorithm>
#include <array>

namespace isolab {
namespace {

std::vector<Phase> all_phases() {
    std::vector<Phase> phases;
    for (std::size_t i = 0; i < phase_count; ++i)
        phases.push_back(static_cast<Phase>(i));
    return phases;
}

/// Without a machine there is neither firmware nor a kernel to boot.
std::vector<Phase> phases_on_host() {
    std::vector<Phase> phases = all_phases();
    std::erase_if(phases, [](Phase phase) { return phase == Phase::firmware || phase == Phase::kernel; });
    return phases;
}

World host_world(const char* id, const char* colour, const char* dark_colour) {
    return {id, world_name(id, id), Fact::said(std::string("meaning.") + id), colour, dark_colour, phases_on_host()};
}

World machine_world(const char* id, const char* colour, const char* dark_colour) {
    return {id, world_name(id, id), Fact::said(std::string("meaning.") + id), colour, dark_colour, all_phases()};
}

} // namespace

const std::vector<World>& known_worlds() {
    static const std::vector<World> worlds{
        host_world("native", "#009E73", "#4FCBA5"),     host_world("container", "#0072B2", "#56B4E9"),
        host_world("runc", "#CC79A7", "#E3A5C6"),       host_world("crun", "#56B4E9", "#B5E2F7"),
        host_world("youki", "#999999", "#A8A8A8"),      host_world("lxc", "#4D4D4D", "#BDBDBD"),
        machine_world("vm", "#D55E00", "#F0884A"),      machine_world("vm-standard", "#E69F00", "#F2B84B"),
        machine_world("vm-full", "#F0E442", "#F0E442"),
    };
    return worlds;
}

World world_of_id(const std::string& id) {
    const WorldSteps steps = steps_of_world(id);
    const auto found = std::ranges::find(known_worlds(), steps.base, &World::id);
    World world =
        found != known_worlds().end() ? *found : World{steps.base, steps.base, {}, "#999999", "#A8A8A8", all_phases()};
    world.id = id;
    if (!steps.ingredients.empty())
        world.title = world_name(id, id);
    return world;
}

bool boots_kernel(const std::string& id) {
    const World world = world_of_id(id);
    return std::ranges::find(world.phases, Phase::kernel) != world.phases.end();
}

WorldSteps steps_of_world(const std::string& id) {
    WorldSteps steps;
    std::size_t begin = id.find('+');
    steps.base = id.substr(0, begin);
    while (begin != std::string::npos) {
        const std::size_t end = id.find('+', begin + 1);
        steps.ingredients.push_back(id.substr(begin + 1, end == std::string::npos ? end : end - begin - 1));
        begin = end;
    }
    return steps;
}

} // namespace isolab
