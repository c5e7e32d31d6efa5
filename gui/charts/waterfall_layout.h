// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <QRectF>

#include "gui/charts/time_axis.h"
#include "gui/models/side_view.h"

namespace isolab {

/// One phase as a bar; times in ns since t0.
struct WaterfallBar {
    Phase phase = Phase::prepare;
    double from = 0, to = 0;
    bool growing = false; ///< the phase has not ended yet
};

/// One world in the waterfall. A value.
struct WaterfallLane {
    std::string world; ///< its id
    bool emulated = false;
    std::vector<WaterfallBar> bars;
    std::vector<double> samples; ///< raw ready times, ns
    std::optional<SampleSummary> ready;
};

/// Bars of the phases of the start that were measured and have a length (stopping is no part of it); while the run goes
/// on, the phase after the last one grows up to `now` (monotonic).
WaterfallLane make_lane(const SideView& side, Nanoseconds now);

/// The axis on which all lanes fit.
TimeAxis fit_axis(const std::vector<WaterfallLane>& lanes, bool logarithmic);

struct LaidBar {
    WaterfallBar bar;
    QRectF rect;
};
/// Bars of a lane within `area`, left to right without overlap, a gap of `gap` between neighbours where there is room,
/// each at least half a pixel wide; cut at `until` when replaying. Pure.
std::vector<LaidBar> lay_out(const WaterfallLane& lane, const TimeAxis& axis, const QRectF& area, double gap,
                             std::optional<double> until = std::nullopt);

/// The name of a bar that is too short to hold it, above the lane.
struct LaidName {
    std::size_t bar = 0;        ///< index of the bar
    double left = 0, width = 0; ///< of the name
    double stem = 0;            ///< x of the hairline down to the bar
};
/// Names (of the given `widths`, one per bar) for the bars that cannot hold them, from left to right without overlap
/// and over their bar; those that find no room are left out. Pure.
std::vector<LaidName> lay_out_names(const std::vector<LaidBar>& bars, const std::vector<double>& widths,
                                    const QRectF& area, double space);

} // namespace isolab
