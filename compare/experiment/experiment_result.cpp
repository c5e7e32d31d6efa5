// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/experiment/experiment_result.h"

#include <algorithm>

namespace isolab {

const char* unit_of_figure(const std::string& id) noexcept {
    if (id.starts_with(work_prefix))
        return "1/s";
    if (id == "reached.cpu")
        return "ratio";
    if (id == "capabilities" || id == "reached.processes" || id.starts_with("sees.") || id.starts_with("syscalls."))
        return "count";
    if (id == "reached.memory" || id == "memory" || id == "available_fall" || id.starts_with("disk."))
        return "bytes";
    return "ns";
}

std::vector<double> figures_of(const ExperimentResult& result, const std::string& world, std::size_t cell,
                               const std::string& figure) {
    std::vector<double> values;
    for (const Observation& observation : result.observations) {
        const auto found = observation.figures.find(figure);
        if (observation.world == world && observation.cell == cell && !observation.error &&
            found != observation.figures.end())
            values.push_back(found->second);
    }
    return values;
}

std::vector<std::string> measured_worlds(const ExperimentResult& result) {
    const auto is_measured = [&](const std::string& world) {
        return std::ranges::any_of(result.observations,
                                   [&](const Observation& o) { return o.world == world && !o.error; }) ||
               std::ranges::any_of(result.cells, [&](const CellResult& cell) {
                   const SideResult* side = cell.comparison ? cell.comparison->find_side(world) : nullptr;
                   return side != nullptr && !side->error;
               });
    };
    std::vector<std::string> worlds = result.experiment.worlds;
    std::erase_if(worlds, [&](const std::string& world) { return !is_measured(world); });
    return worlds;
}

} // namespace isolab
