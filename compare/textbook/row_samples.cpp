// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/textbook/row_samples.h"

namespace isolab {

std::vector<double> samples_of(const ExperimentResult& result, const BookRow& row, const std::string& world) {
    const CellResult& cell = result.cells[row.cell];
    if (cell.comparison)
        return sample_of(*cell.comparison, world, row.figure);
    if (result.experiment.method == Method::density && row.figure != "start")
        return {};
    return figures_of(result, world, row.cell, row.figure);
}

std::vector<Point> series_of(const ExperimentResult& result, std::size_t cell, const std::string& world,
                             const std::string& figure) {
    std::vector<Point> points;
    for (const Observation& observation : result.observations) {
        const auto found = observation.figures.find(figure);
        if (observation.world == world && observation.cell == cell && !observation.error &&
            found != observation.figures.end())
            points.push_back({static_cast<double>(observation.index), found->second});
    }
    return points;
}

} // namespace isolab
