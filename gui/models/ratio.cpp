// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/ratio.h"

#include <algorithm>

#include "compare/textbook/finding.h"
#include "gui/models/side_view.h"

namespace isolab {

std::optional<RatioSummary> machine_over_container(const ComparisonResult& result, const std::string& metric) {
    return ratio_of(result, metric, {side_id(ShownWorld::vm), side_id(ShownWorld::container)});
}

bool machine_is_emulated(const ComparisonResult& result) {
    const SideResult* side = result.find_side(side_id(ShownWorld::vm));
    return side != nullptr && is_emulated(side->marks);
}

} // namespace isolab
