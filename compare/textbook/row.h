// SPDX-License-Identifier: GPL-3.0-or-later
//
// What an experiment answers to the book: rows of figures by world, each with one line. Values and pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "compare/experiment/experiment_result.h"
#include "compare/statistics/interval.h"
#include "compare/textbook/claims.h"

namespace isolab {

/// A figure of one world.
struct WorldFigure {
    std::string world;
    double value = 0;                       ///< the median, or a slope
    std::optional<Interval> interval = {};  ///< 95 %; empty: of one value, or too few
    std::size_t n = 0;                      ///< values it is made of
    std::optional<RatioSummary> ratio = {}; ///< over the row's base; empty: it is the base, or has no such ratio
    bool emulated = false;                  ///< of a machine without hardware virtualisation
};

/// One figure under one condition, in all worlds that have it.
struct BookRow {
    std::string experiment;          ///< "start"
    const Claim* claim = nullptr;    ///< null: the experiment answers none; lives as long as the program
    Fact subject;                    ///< the claim's, or the experiment's title
    std::size_t cell = 0;            ///< in the result
    Fact condition;                  ///< "cold"; may be empty
    Fact name;                       ///< of the figure: "until ready"
    std::string figure;              ///< "ready", "stage.load.memory"
    std::string unit;                ///< as format_figure() knows it, or "ratio"
    std::string base;                ///< the world that ratios are over; empty: there are none
    std::vector<WorldFigure> worlds; ///< in the experiment's order
    Fact measured;                   ///< the one line: "Virtual machine 187× …", or why there is no figure
    bool answered = false;           ///< `measured` is one
    Fact doubt;                      ///< "too few runs yet", "not distinguishable"; empty: certain
    std::vector<Fact> evidence;      ///< sentences that no figure tells
};

/// Every row of an experiment, in the order of its cells and figures; at least one, which may tell why there is none.
std::vector<BookRow> book_rows(const ExperimentResult& result);

/// What a figure is called: "until ready", "memory under load". Of the table of facts, or its id.
Fact figure_name(const std::string& figure);

/// The line under which an experiment is listed: that of its first row.
const BookRow& headline_row(const std::vector<BookRow>& rows);

} // namespace isolab
