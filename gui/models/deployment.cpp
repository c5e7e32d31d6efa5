// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/deployment.h"

#include "gui/models/words.h"

namespace isolab {

std::vector<FigureRow> Deployment::rows(const ComparisonResult* result) {
    std::vector<FigureRow> rows;
    if (result == nullptr)
        return rows;
    for (const SideResult& side : result->sides)
        for (const DeploymentStep& step : side.deployment) {
            const QString what =
                tr("%1 · %2").arg(Words::fact(world_name(side.side, side.title)), Words::known(step.title));
            rows.push_back({step.cached ? tr("%1 (was there)").arg(what) : what,
                            duration_figure(static_cast<double>(step.duration.count())),
                            step.cached ? tr("Found done by an earlier comparison; only the look-up took time")
                                        : tr("Done once, before the first start")});
        }
    return rows;
}

} // namespace isolab
