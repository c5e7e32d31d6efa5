// SPDX-License-Identifier: GPL-3.0-or-later
//
// A report as values: what it says, in order, in one language; how it looks is the business of who writes it out (HTML
// here, paper in the window).
#pragma once

#include <string>
#include <vector>

#include "compare/chart/drawing.h"
#include "compare/experiment/experiment_result.h"
#include "compare/model/comparison.h"
#include "compare/report/speech.h"

namespace isolab {

struct DocumentCell {
    std::string text;
    std::string world = {}; ///< whose colour it has; empty: none
    bool number = false;    ///< stands at the right
    bool strong = false;
};

struct DocumentTable {
    std::vector<DocumentCell> head;
    std::vector<std::vector<DocumentCell>> rows;
};

struct DocumentBlock {
    enum class Kind { heading, paragraph, caption, note, table, figure };
    Kind kind = Kind::paragraph;
    unsigned level = 2; ///< of a heading: 1 is the document's
    std::string text = {};
    std::string anchor = {}; ///< of a heading, to lead there; empty: nothing does
    std::string link = {};   ///< the anchor that a paragraph leads to
    DocumentTable table = {};
    Drawing figure = {};
};

struct Document {
    std::string title;
    std::string language; ///< "en", "zh"
    std::vector<DocumentBlock> blocks;
};

/// The book's table with everything behind it: each experiment's figures, pictures, conditions and remarks.
Document suite_document(const SuiteResult& result, const Speech& speech);
Document experiment_document(const ExperimentResult& result, const Speech& speech);
Document comparison_document(const ComparisonResult& result, const Speech& speech);

} // namespace isolab
