// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <map>

#include "compare/chart/charts.h"
#include "compare/model/format.h"
#include "compare/report/document_parts.h"
#include "compare/textbook/row_samples.h"
#include "engine/base/utc_time.h"

namespace isolab {
namespace {

std::string date_of(Nanoseconds time) { return utc_text(time, 0); }

std::string title_of_row(const DocumentWriter& writer, const BookRow& row) {
    return row.condition.empty() ? writer.say(row.name) : writer.say("text.condition", {row.name, row.condition});
}

/// The line of the book's table.
std::string line_of_row(const DocumentWriter& writer, const BookRow& row) {
    const Fact line = row.answered ? Fact::said("text.named", {title_of_row(writer, row), row.measured}) : row.measured;
    return row.doubt.empty() ? writer.say(line) : writer.say("text.but", {line, row.doubt});
}

DocumentTable figures_table(const DocumentWriter& writer, const BookRow& row) {
    DocumentTable table;
    const bool ratios =
        std::ranges::any_of(row.worlds, [](const WorldFigure& world) { return world.ratio.has_value(); });
    table.head = {{writer.say("report.world")}, {writer.say("report.figure"), {}, true}, {"n", {}, true}};
    if (ratios)
        table.head.push_back({writer.say("report.over", {world_name(row.base, row.base)}), {}, true});
    for (const WorldFigure& world : row.worlds) {
        table.rows.push_back({{writer.world(world.world), world.world, false, true},
                              {figure_text(row, world), {}, true},
                              {std::to_string(world.n), {}, true}});
        if (ratios)
            table.rows.back().push_back({ratio_of_figure(world), {}, true});
    }
    return table;
}

void write_claim(DocumentWriter& writer, const BookRow& row) {
    if (row.claim == nullptr)
        return;
    std::string text = writer.say("report.book_says", {row.claim->words});
    for (const std::string& sentence : {row.claim->machine_sentence, row.claim->container_sentence})
        if (!sentence.empty())
            text = writer.say("text.quoted", {text, sentence});
    writer.caption(text);
}

void write_remarks(DocumentWriter& writer, const ExperimentResult& result) {
    for (const AbsentWorld& absent : result.absent)
        writer.note(writer.say("row.absent", {world_name(absent.world, absent.world), absent.cause.cause}));
    for (const WorldEnd& end : result.ends)
        writer.note(writer.say("row.ended", {world_name(end.world, end.world), end.reason}));
    for (const Observation& observation : result.observations)
        if (observation.error)
            writer.note(writer.say("row.failed",
                                   {world_name(observation.world, observation.world), observation.error->message()}));
    for (const Notice& notice : result.notices)
        writer.note(writer.sentences({notice.text, notice.remedy}));
}

/// What differed between the worlds of the experiment's first comparison.
void write_contract(DocumentWriter& writer, const ExperimentResult& result) {
    for (const CellResult& cell : result.cells) {
        if (!cell.comparison || cell.comparison->contract.empty())
            continue;
        DocumentTable table;
        table.head.push_back({});
        for (const SideResult& side : cell.comparison->sides)
            table.head.push_back({writer.world(side.side), side.side, false, true});
        for (const ContractEntry& entry : cell.comparison->contract) {
            if (!entry.differs)
                continue;
            table.rows.push_back({{writer.say(contract_title(entry.key))}});
            for (const SideResult& side : cell.comparison->sides) {
                const auto value = entry.values.find(side.side);
                table.rows.back().push_back(
                    {value == entry.values.end() ? "–" : writer.say(short_form(value->second))});
            }
        }
        writer.heading(2, writer.say("report.differences"));
        writer.table(std::move(table));
        return;
    }
}

} // namespace

std::string figure_text(const BookRow& row, const WorldFigure& world) {
    const bool ratio = row.unit == "ratio";
    std::string text = ratio ? format_ratio(world.value) : format_figure(world.value, row.unit);
    text += world.emulated ? " TCG" : "";
    if (world.interval)
        text += " [" +
                (ratio ? format_ratio_interval(world.interval->low, world.interval->high)
                       : format_interval(world.interval->low, world.interval->high, row.unit)) +
                "]";
    return text;
}

std::string ratio_of_figure(const WorldFigure& world) {
    if (!world.ratio)
        return {};
    return format_ratio(world.ratio->ratio) + " [" + format_ratio_interval(world.ratio->low, world.ratio->high) + "]" +
           (world.ratio->distinguishable ? "" : " ~");
}

void write_experiment(DocumentWriter& writer, const ExperimentResult& result, unsigned level) {
    const std::vector<BookRow> rows = book_rows(result);
    writer.heading(level, writer.say(result.experiment.title), result.id);
    if (!result.experiment.summary.empty())
        writer.paragraph(writer.say(result.experiment.summary));
    write_claim(writer, rows.front());
    for (const BookRow& row : rows) {
        if (!row.answered) {
            writer.paragraph(writer.say(row.measured));
            continue;
        }
        writer.heading(level + 1, title_of_row(writer, row));
        write_picture(writer, result, row);
        if (row.worlds.empty())
            writer.paragraph(writer.say(row.measured));
        else
            writer.table(figures_table(writer, row));
        for (const Fact& sentence : row.evidence)
            writer.paragraph(writer.say(sentence));
    }
    write_remarks(writer, result);
}

Document suite_document(const SuiteResult& result, const Speech& speech) {
    DocumentWriter writer(speech.say(result.title), speech);
    writer.heading(1, writer.say(result.title));
    writer.caption(writer.say("report.made", {date_of(result.started_at), result.id}));
    DocumentTable book;
    book.head = {{}, {writer.say("report.book")}, {writer.say("report.measured")}};
    for (const ExperimentResult& experiment : result.experiments) {
        const std::vector<BookRow> rows = book_rows(experiment);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const bool first = i == 0;
            book.rows.push_back({{first ? writer.say(rows[i].subject) : "", {}, false, true},
                                 {first && rows[i].claim != nullptr ? writer.say(rows[i].claim->words) : ""},
                                 {line_of_row(writer, rows[i])}});
        }
    }
    writer.table(std::move(book));
    writer.caption(writer.say("report.legend"));
    for (const ExperimentResult& experiment : result.experiments)
        write_experiment(writer, experiment, 2);
    if (!result.experiments.empty()) {
        write_contract(writer, result.experiments.front());
        writer.environment(result.experiments.front().environment);
    }
    return writer.finish();
}

Document experiment_document(const ExperimentResult& result, const Speech& speech) {
    DocumentWriter writer(speech.say(result.experiment.title), speech);
    write_experiment(writer, result, 1);
    writer.caption(writer.say("report.made", {date_of(result.started_at), result.id}));
    writer.caption(writer.say("report.legend"));
    write_contract(writer, result);
    writer.environment(result.environment);
    return writer.finish();
}

} // namespace isolab
