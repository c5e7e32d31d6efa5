// SPDX-License-Identifier: GPL-3.0-or-later
//
// The page "The book" as values: a line for each experiment of a suite, and what is said beside them.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <QCoreApplication>
#include <QString>

#include "compare/report/document.h"
#include "gui/jobs/suite_controller.h"

namespace isolab {

/// What the book says of one thing, and what was measured of it.
struct BookLine {
    enum class State {
        empty,     ///< never measured
        waiting,   ///< the present run will come to it
        measuring, ///< the present run measures it
        measured,
        impossible, ///< not measurable here, `measured` tells why
        cut_short,  ///< it was stopped; `measured` is of what there was by then
    };
    std::string id;   ///< of the experiment
    QString subject;  ///< "Start"
    QString claim;    ///< what the book says: "minutes / seconds"; empty: nothing
    QString measured; ///< "until ready, warm: Virtual machine 187 × (171 – 203)"; empty: nothing yet
    QString doubt;    ///< "too few runs yet"; empty: it is certain
    QString note;     ///< short: "run 3 of 6", "2026-11-24 20:54", "waiting"
    State state = State::empty;
    double share = 0; ///< of State::measuring: 0..1
    bool operator==(const BookLine&) const = default;
};

class BookLines {
    Q_DECLARE_TR_FUNCTIONS(BookLines)
  public:
    static std::vector<BookLine> lines(const SuiteController& suite);
    static QString spoken(const BookLine& line); ///< all of it, for screen readers and tooltips
    /// Where the present run is: "3 of 12 · Deployment · Virtual machine, run 2"; empty: nothing runs.
    static QString activity(const SuiteController& suite);
    static QString time_left(std::optional<Nanoseconds> time); ///< "about 7 min left"; empty: not known
    static QString about(Nanoseconds time);                    ///< "about 7 min"
    /// Of an experiment that was not measured: what it is about, and what the book says of it.
    static Document unmeasured(const Experiment& experiment);
};

} // namespace isolab
