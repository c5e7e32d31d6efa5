// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/report/book_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "compare/model/format.h"
#include "compare/report/document_parts.h"
#include "compare/report/text_layout.h"
#include "compare/textbook/row.h"
#include "engine/base/text.h"

namespace isolab {
namespace {

constexpr std::size_t world_width = 30;
constexpr std::size_t value_width = 34;
constexpr std::size_t subject_width = 20;

std::string in_bold(const std::string& text, const TableOptions& options) {
    return options.colour ? "\x1b[1m" + text + "\x1b[0m" : text;
}

void add_wrapped(std::string& text, const std::string& line, const TableOptions& options) {
    bool first = true;
    for (const std::string& part : wrapped(plain_text(line), options.width - 4)) {
        text += (first ? "  " : "    ") + part + "\n";
        first = false;
    }
}

void add_row(std::string& text, const BookRow& row, const TableOptions& options) {
    std::string title = english(row.name);
    if (!row.condition.empty())
        title += ", " + english(row.condition);
    text += "  " + title + "\n";
    if (row.worlds.empty())
        add_wrapped(text, "  " + english(row.measured), options);
    for (const Fact& sentence : row.evidence)
        add_wrapped(text, "  " + english(sentence), options);
    for (const WorldFigure& world : row.worlds) {
        std::string line = "    " + padded(english(world_name(world.world, world.world)), world_width) +
                           padded(figure_text(row, world), value_width) + ratio_of_figure(world);
        line.erase(line.find_last_not_of(' ') + 1);
        text += options.colour ? in_colour(line, world_of_id(world.world).colour) : line;
        text += "\n";
    }
}

/// What belongs to the whole experiment: worlds that took no part, why a series ended, notices.
void add_remarks(std::string& text, const ExperimentResult& result, const TableOptions& options) {
    for (const AbsentWorld& absent : result.absent)
        add_wrapped(text,
                    "! " +
                        english(Fact::said("row.absent", {world_name(absent.world, absent.world), absent.cause.cause})),
                    options);
    for (const WorldEnd& end : result.ends)
        add_wrapped(text, "  " + english(Fact::said("row.ended", {world_name(end.world, end.world), end.reason})),
                    options);
    for (const Observation& observation : result.observations)
        if (observation.error)
            add_wrapped(text,
                        "! " + english(Fact::said("row.failed", {world_name(observation.world, observation.world),
                                                                 observation.error->message()})),
                        options);
    for (const Notice& notice : result.notices)
        add_wrapped(text, "! " + english(notice.text), options);
}

} // namespace

std::string experiment_table(const ExperimentResult& result, const TableOptions& options) {
    const std::vector<BookRow> rows = book_rows(result);
    std::string text = in_bold(english(result.experiment.title), options) + "  " + result.id +
                       (result.complete ? "" : "  incomplete") + "\n";
    if (!result.experiment.summary.empty())
        add_wrapped(text, english(result.experiment.summary), options);
    if (const Claim* claim = rows.front().claim)
        text += "  the book: " + english(claim->words) + "\n";
    for (const BookRow& row : rows)
        if (row.answered)
            add_row(text, row, options);
        else
            add_wrapped(text, english(row.measured), options);
    add_remarks(text, result, options);
    return text;
}

std::string experiment_headline(const ExperimentResult& result) {
    const std::vector<BookRow> rows = book_rows(result);
    const BookRow& row = headline_row(rows);
    std::string text = row.answered ? english(row.name) : "";
    text += row.condition.empty() ? "" : ", " + english(row.condition);
    return text + (text.empty() ? "" : ": ") + english(row.measured);
}

std::string suite_table(const SuiteResult& result, const TableOptions& options) {
    std::string text =
        in_bold(english(result.title), options) + "  " + result.id + (result.complete ? "" : "  incomplete") + "\n\n";
    for (const ExperimentResult& experiment : result.experiments) {
        const std::vector<BookRow> rows = book_rows(experiment);
        const BookRow& headline = headline_row(rows);
        const std::string book = headline.claim != nullptr ? english(headline.claim->words) : "";
        text += "  " + padded(english(headline.subject), subject_width) + book + "\n";
        for (const BookRow& row : rows) {
            std::string line = row.answered ? english(row.name) : "";
            line += row.condition.empty() ? "" : ", " + english(row.condition);
            line += (line.empty() ? "" : ": ") + english(row.measured);
            line += row.doubt.empty() ? "" : "; " + english(row.doubt);
            for (const std::string& part : wrapped(plain_text(line), options.width - subject_width - 4))
                text += "  " + std::string(subject_width, ' ') + part + "\n";
        }
    }
    for (const ExperimentResult& experiment : result.experiments)
        text += "\n" + experiment_table(experiment, options);
    return text;
}

} // namespace isolab
