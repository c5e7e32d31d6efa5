// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/ratio.h"

#include <algorithm>
#include <utility>

#include "gui/models/side_view.h"

namespace isolab {

std::optional<RatioSummary> machine_over_container(const ExperimentResult& result, const std::string& metric) {
    const MetricRatio* found = result.find_ratio(metric);
    if (found == nullptr || result.find_side(side_id(ShownWorld::container)) == nullptr ||
        result.find_side(side_id(ShownWorld::vm)) == nullptr)
        return std::nullopt;
    RatioSummary ratio = found->summary;
    if (result.sides.front().side == side_id(ShownWorld::container))
        return ratio;
    if (ratio.ratio <= 0 || ratio.low <= 0 || ratio.high <= 0)
        return std::nullopt;
    ratio.ratio = 1 / ratio.ratio;
    ratio.low = 1 / ratio.low;
    ratio.high = 1 / ratio.high;
    std::swap(ratio.low, ratio.high);
    return ratio;
}

bool machine_is_emulated(const ExperimentResult& result) {
    const SideResult* side = result.find_side(side_id(ShownWorld::vm));
    return side != nullptr && is_emulated(side->marks);
}

} // namespace isolab
