// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/report/experiment_json.h"

#include <utility>

#include "compare/report/document_check.h"
#include "compare/report/json_fields.h"
#include "compare/report/report.h"
#include "compare/report/report_parts.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

/// Text of a workload may be any bytes; JSON has only UTF-8, so others become U+FFFD and dump() never throws.
Json in_utf8(const Json& document) {
    return Json::parse(document.dump(-1, ' ', false, Json::error_handler_t::replace));
}

/// A reader inside a guarded call turns an error into the exception that the call expects.
template <class T> T taken(Result<T> result, const Json& json) {
    if (!result)
        throw Json::other_error::create(501, result.error().message(), &json);
    return std::move(*result);
}

Json cell_json(const CellResult& cell) {
    return {{"comparison", cell.comparison ? report_json(*cell.comparison) : Json(nullptr)}};
}

Json end_json(const WorldEnd& end) {
    return {{"world", end.world}, {"cell", end.cell}, {"reason", english(end.reason)}, {"fact", fact_json(end.reason)}};
}

WorldEnd read_end(const Json& json) {
    return {field<std::string>(json, "world"), field<std::size_t>(json, "cell"),
            read_fact(json.at("fact"), field<std::string>(json, "reason"))};
}

Json absent_json(const AbsentWorld& absent) { return {{"world", absent.world}, {"cause", error_json(absent.cause)}}; }

AbsentWorld read_absent(const Json& json) {
    const auto cause = read_error(json.at("cause"));
    if (!cause)
        reject_field(json, "cause");
    return {field<std::string>(json, "world"), *cause};
}

void read_cells(const Json& json, ExperimentResult& result) {
    for (Cell& cell : cells_of(result.experiment))
        result.cells.push_back({std::move(cell), nullptr});
    const Json& cells = json.at("cells");
    if (!cells.is_array() || cells.size() != result.cells.size())
        reject_field(json, "cells");
    for (std::size_t i = 0; i < cells.size(); ++i)
        if (const Json& comparison = cells[i].at("comparison"); !comparison.is_null())
            result.cells[i].comparison =
                std::make_shared<const ComparisonResult>(taken(parse_report(comparison, result.id), comparison));
}

ExperimentResult read_experiment_result(const Json& json) {
    ExperimentResult result;
    result.id = field<std::string>(json, "id");
    result.part_of = field<std::string>(json, "part_of");
    const Json& experiment = json.at("experiment");
    result.experiment = taken(parse_experiment(experiment, result.id), experiment);
    result.started_at = time_field(json, "started_at_ns");
    result.finished_at = time_field(json, "finished_at_ns");
    read_cells(json, result);
    result.observations =
        list_field(json, "observations", [&](const Json& item) { return read_observation(item, result.cells.size()); });
    result.ends = list_field(json, "ends", read_end);
    result.absent = list_field(json, "absent", read_absent);
    result.notices = list_field(json, "notices", read_notice);
    result.environment = share(json.at("environment"));
    result.complete = field<bool>(json, "complete");
    result.error = read_error(json.at("error"));
    return result;
}

} // namespace

Json observation_json(const Observation& observation) {
    return {{"world", observation.world},
            {"cell", observation.cell},
            {"index", observation.index},
            {"figures", observation.figures},
            {"evidence", observation.evidence ? *observation.evidence : Json(nullptr)},
            {"marks", observation.marks},
            {"error", error_json(observation.error)}};
}

Observation read_observation(const Json& json, std::size_t cells) {
    Observation observation;
    observation.world = field<std::string>(json, "world");
    observation.cell = field<std::size_t>(json, "cell");
    if (observation.cell >= cells)
        reject_field(json, "cell");
    observation.index = field<unsigned>(json, "index");
    observation.figures = field<std::map<std::string, double>>(json, "figures");
    if (const Json& evidence = json.at("evidence"); !evidence.is_null())
        observation.evidence = share(evidence);
    observation.marks = field<std::vector<std::string>>(json, "marks");
    observation.error = read_error(json.at("error"));
    return observation;
}

Json experiment_result_json(const ExperimentResult& result) {
    return in_utf8({{"schema", experiment_result_schema},
                    {"id", result.id},
                    {"part_of", result.part_of},
                    {"experiment", experiment_json(result.experiment)},
                    {"started_at_ns", result.started_at.count()},
                    {"finished_at_ns", result.finished_at.count()},
                    {"cells", json_list(result.cells, cell_json)},
                    {"observations", json_list(result.observations, observation_json)},
                    {"ends", json_list(result.ends, end_json)},
                    {"absent", json_list(result.absent, absent_json)},
                    {"notices", json_list(result.notices, notice_json)},
                    {"environment", result.environment ? *result.environment : Json(nullptr)},
                    {"complete", result.complete},
                    {"error", error_json(result.error)}});
}

Result<ExperimentResult> parse_experiment_result(const Json& document, const std::string& subject) {
    ISOLAB_TRY(check_document(document, experiment_result_schema, subject));
    return read_guarded(subject, [&] { return read_experiment_result(document); });
}

Json suite_result_json(const SuiteResult& result) {
    return {{"schema", suite_result_schema},
            {"id", result.id},
            {"suite", result.suite},
            {"title", english(result.title)},
            {"title_fact", fact_json(result.title)},
            {"started_at_ns", result.started_at.count()},
            {"finished_at_ns", result.finished_at.count()},
            {"experiments", json_list(result.experiments, experiment_result_json)},
            {"complete", result.complete}};
}

Result<SuiteResult> parse_suite_result(const Json& document, const std::string& subject) {
    ISOLAB_TRY(check_document(document, suite_result_schema, subject));
    return read_guarded(subject, [&] {
        SuiteResult result;
        result.id = field<std::string>(document, "id");
        result.suite = field<std::string>(document, "suite");
        result.title = read_fact(document.at("title_fact"), field<std::string>(document, "title"));
        result.started_at = time_field(document, "started_at_ns");
        result.finished_at = time_field(document, "finished_at_ns");
        result.experiments = list_field(document, "experiments", [&](const Json& item) {
            return taken(parse_experiment_result(item, subject), item);
        });
        result.complete = field<bool>(document, "complete");
        return result;
    });
}

} // namespace isolab
