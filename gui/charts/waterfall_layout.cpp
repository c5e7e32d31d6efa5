// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/waterfall_layout.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace isolab {
namespace {

constexpr double thinnest = 0.5;

double ns(Nanoseconds time) { return static_cast<double>(time.count()); }

} // namespace

WaterfallLane make_lane(const SideView& side, Nanoseconds now) {
    WaterfallLane lane;
    lane.world = side.world;
    lane.emulated = is_emulated(side.marks);
    lane.samples = side.ready_samples;
    lane.ready = side.ready;
    double end = 0;
    for (const PhaseSpan& span : side.phases) {
        if (span.phase == Phase::stop || !span.measured || span.duration.count() <= 0)
            continue;
        lane.bars.push_back({span.phase, ns(span.start), ns(span.start + span.duration), false});
        end = std::max(end, lane.bars.back().to);
    }
    if (side.running_since)
        if (const Phase next = next_phase(side.world, side.phases); next != Phase::stop)
            lane.bars.push_back({next, end, std::max(end, ns(now - *side.running_since)), true});
    return lane;
}

TimeAxis fit_axis(const std::vector<WaterfallLane>& lanes, bool logarithmic) {
    double shortest = std::numeric_limits<double>::infinity();
    double longest = 0;
    for (const WaterfallLane& lane : lanes) {
        for (const WaterfallBar& bar : lane.bars) {
            if (bar.to > 0 && !bar.growing)
                shortest = std::min(shortest, bar.to);
            longest = std::max(longest, bar.to);
        }
        for (const double sample : lane.samples)
            longest = std::max(longest, sample);
    }
    return TimeAxis::fit(std::isfinite(shortest) ? shortest : 0, longest, logarithmic);
}

std::vector<LaidBar> lay_out(const WaterfallLane& lane, const TimeAxis& axis, const QRectF& area, double gap,
                             std::optional<double> until) {
    std::vector<LaidBar> laid;
    double pen = area.left();
    for (WaterfallBar bar : lane.bars) {
        if (until && bar.from >= *until && !laid.empty())
            break;
        if (until)
            bar.to = std::min(bar.to, *until);
        const double left = std::max(pen, area.left() + axis.position(bar.from) * area.width());
        const double end = area.left() + axis.position(bar.to) * area.width();
        const double right = std::max(end, left + thinnest);
        const double trimmed = right - left > 3 * gap ? gap : 0;
        laid.push_back({bar, QRectF(left, area.top(), right - left - trimmed, area.height())});
        pen = right;
    }
    return laid;
}

std::vector<LaidName> lay_out_names(const std::vector<LaidBar>& bars, const std::vector<double>& widths,
                                    const QRectF& area, double space) {
    std::vector<LaidName> names;
    double pen = area.left();
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const QRectF& bar = bars[i].rect;
        const double width = widths[i];
        if (bar.width() >= width + 2 * space)
            continue;
        const double left =
            std::clamp(bar.center().x() - width / 2, area.left(), std::max(area.left(), area.right() - width));
        const double shifted = std::max(left, pen);
        const bool near = shifted <= bar.center().x() && shifted + width <= area.right();
        if (!near)
            continue;
        names.push_back({i, shifted, width, bar.center().x()});
        pen = shifted + width + space;
    }
    return names;
}

} // namespace isolab
