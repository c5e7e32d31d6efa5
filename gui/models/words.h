// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QString>

#include "compare/model/comparison.h"
#include "engine/base/prerequisite.h"
#include "gui/models/live_comparison.h"
#include "gui/models/side_view.h"

namespace isolab {

/// The field's own words, the same on every page, in the user's language. Libraries return ids and English text.
class Words {
    Q_DECLARE_TR_FUNCTIONS(Words)
  public:
    static QString world(const std::string& id); ///< "Container"
    /// "Virtual machine · TCG": every number of an emulated machine says so.
    static QString marked(const QString& name, bool emulated);
    static QString marked_world(const SideView& side);
    static QString labelled(const QString& name, const QString& text);     ///< "name: text"
    static QString sentences(const QString& first, const QString& second); ///< two of them, or the one that is there
    static QString phase(Phase phase);                                     ///< "kernel"
    static QString phase_meaning(const std::string& world, Phase phase);   ///< what happens in it, one sentence
    static QString state(SideView::State state);
    static QString prerequisite_state(Prerequisite::State state);
    static QString fact(const Fact& fact); ///< what a result states: values and titles of the contract, notices
    /// English text of a library or of the catalogue (titles of workloads and prerequisites), translated when known.
    static QString known(const std::string& english);
    /// A result in one line as the history keeps it, "container 11.8 ms, vm 1.42 s (120×)" or "memory: Virtual machine
    /// 46.2×, …": names of rows and worlds in this language, as far as they are known.
    static QString headline(const std::string& english);
    static QString task(const std::string& id); ///< of a Progress: "unpacking the image"
    /// "Web server · 5 runs per side · 24 Nov 2026 20:54": what a result is of.
    static QString result_line(const ComparisonResult& result);
    /// "5 of 10", a sentence about where a run is.
    static QString run_progress(const ComparisonPlan& plan, const LiveComparison& live);
    static QString language();                ///< of the window, as HTML names it: "en"
    static QString error(const Error& error); ///< what happened, why, and what to do
};

} // namespace isolab
