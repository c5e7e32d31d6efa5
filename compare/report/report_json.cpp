// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "compare/report/document_check.h"
#include "compare/report/json_fields.h"
#include "compare/report/report.h"
#include "compare/report/report_parts.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

Json metric_json(const MetricSummary& metric) {
    const SampleSummary& s = metric.summary;
    return {{"id", metric.id},
            {"unit", metric.unit},
            {"n", s.n},
            {"median", s.median},
            {"low", s.low},
            {"high", s.high},
            {"q1", s.q1},
            {"q3", s.q3},
            {"min", s.min},
            {"max", s.max},
            {"p95", json_of(s.p95)},
            {"outliers", s.outliers}};
}

MetricSummary read_metric(const Json& j) {
    MetricSummary metric{field<std::string>(j, "id"), field<std::string>(j, "unit"), {}};
    SampleSummary& s = metric.summary;
    s.n = field<std::size_t>(j, "n");
    for (const auto& [key, place] : {std::pair{"median", &s.median},
                                     {"low", &s.low},
                                     {"high", &s.high},
                                     {"q1", &s.q1},
                                     {"q3", &s.q3},
                                     {"min", &s.min},
                                     {"max", &s.max}})
        *place = field<double>(j, key);
    s.p95 = added_field<double>(j, "p95");
    s.outliers = field<std::vector<std::size_t>>(j, "outliers");
    return metric;
}

Json step_json(const DeploymentStep& step) {
    return {{"id", step.id}, {"title", step.title}, {"duration_ns", step.duration.count()}, {"cached", step.cached}};
}

DeploymentStep read_step(const Json& j) {
    return {field<std::string>(j, "id"), field<std::string>(j, "title"), time_field(j, "duration_ns"),
            field<bool>(j, "cached")};
}

/// `number` of a run: its place in the order in which the runs were done.
Json side_json(const ComparisonResult& result, const SideResult& side) {
    Json runs = Json::array();
    for (std::size_t number = 0; number < result.runs.size(); ++number) {
        if (result.runs[number].side != side.side)
            continue;
        runs.push_back(run_json(result.runs[number]));
        runs.back()["number"] = number;
    }
    return {{"side", side.side},
            {"title", side.title},
            {"marks", side.marks},
            {"deployment", json_list(side.deployment, step_json)},
            {"memory_definition", side.memory_definition},
            {"metrics", json_list(side.metrics, metric_json)},
            {"error", error_json(side.error)},
            {"runs", runs}};
}

using NumberedRuns = std::vector<std::pair<std::size_t, RunResult>>;

SideResult read_side(const Json& j, NumberedRuns& runs) {
    SideResult side;
    side.side = field<std::string>(j, "side");
    side.title = field<std::string>(j, "title");
    side.marks = field<std::vector<std::string>>(j, "marks");
    side.deployment = list_field(j, "deployment", read_step);
    side.memory_definition = field<std::string>(j, "memory_definition");
    side.metrics = list_field(j, "metrics", read_metric);
    side.error = read_error(j.at("error"));
    for (const Json& item : j.at("runs")) {
        runs.emplace_back(field<std::size_t>(item, "number"), read_run(item));
        runs.back().second.side = side.side;
    }
    return side;
}

Json ratio_json(const MetricRatio& ratio) {
    const RatioSummary& s = ratio.summary;
    return {{"id", ratio.id}, {"of", ratio.pair.of}, {"to", ratio.pair.to},  {"ratio", s.ratio},
            {"low", s.low},   {"high", s.high},      {"p_value", s.p_value}, {"distinguishable", s.distinguishable}};
}

/// Documents of earlier programs had one ratio: the last side over the first.
MetricRatio read_ratio(const Json& j, const ComparisonPlan& plan) {
    const RatioPair pair = j.contains("of") ? read_pair(j) : RatioPair{plan.sides.back(), plan.sides.front()};
    return {field<std::string>(j, "id"),
            {field<double>(j, "ratio"), field<double>(j, "low"), field<double>(j, "high"), field<double>(j, "p_value"),
             field<bool>(j, "distinguishable")},
            pair};
}

Json contract_json(const ContractEntry& entry) {
    Json values = Json::object();
    Json facts = Json::object();
    for (const auto& [side, fact] : entry.values) {
        values[side] = english(fact);
        if (!fact.is_words())
            facts[side] = fact_json(fact);
    }
    Json json{{"key", entry.key},
              {"title", english(contract_title(entry.key))},
              {"values", std::move(values)},
              {"differs", entry.differs}};
    if (!facts.empty())
        json["facts"] = std::move(facts);
    return json;
}

ContractEntry read_contract(const Json& j) {
    ContractEntry entry{field<std::string>(j, "key"), {}, field<bool>(j, "differs")};
    for (const auto& [side, words] : field<std::map<std::string, std::string>>(j, "values")) {
        const bool known = j.contains("facts") && j["facts"].contains(side);
        entry.values[side] = known ? read_fact(j["facts"][side], words) : Fact(words);
    }
    return entry;
}

constexpr std::array<const char*, 3> stop_reasons{"precise-enough", "most-runs", "most-time"};

Json look_json(const StoppingLook& look) {
    return {{"reason", look.reason ? Json(stop_reasons.at(static_cast<std::size_t>(*look.reason))) : Json(nullptr)},
            {"runs", look.runs},
            {"elapsed_ns", look.elapsed.count()},
            {"relative_half_widths", json_list(look.relative_half_widths, [](const auto& w) { return json_of(w); })}};
}

StoppingLook read_look(const Json& j) {
    StoppingLook look;
    if (const auto id = optional_field<std::string>(j, "reason")) {
        const auto found = std::ranges::find(stop_reasons, *id);
        if (found == stop_reasons.end())
            reject_field(j, "reason");
        look.reason = static_cast<StopReason>(found - stop_reasons.begin());
    }
    look.runs = field<std::size_t>(j, "runs");
    look.elapsed = time_field(j, "elapsed_ns");
    look.relative_half_widths = list_field(j, "relative_half_widths", [](const Json& width) {
        return width.is_null() ? std::nullopt : std::optional(width.get<double>());
    });
    return look;
}

constexpr const char* loads_key = "load_of_runs";

/// The document has the loads of all runs in one list, the model with each run.
Json environment_json(const ComparisonResult& result) {
    Json environment = result.environment ? *result.environment : Json(nullptr);
    for (const RunResult& run : result.runs) {
        if (!run.load)
            continue;
        Json entry{{"side", run.side}, {"index", run.index}, {"warmup", run.warmup}};
        entry.update(*run.load);
        environment[loads_key].push_back(std::move(entry));
    }
    return environment;
}

/// Takes the loads out of the environment; one that belongs to no run stays.
void distribute_loads(Json& environment, std::vector<RunResult>& runs) {
    if (!environment.is_object() || !environment.contains(loads_key))
        return;
    using Key = std::tuple<std::string, unsigned, bool>;
    std::map<Key, RunResult*> by_key;
    for (RunResult& run : runs)
        by_key.emplace(Key(run.side, run.index, run.warmup), &run);
    Json rest = Json::array();
    for (Json& entry : environment[loads_key]) {
        const auto run = by_key.find(
            {field<std::string>(entry, "side"), field<unsigned>(entry, "index"), field<bool>(entry, "warmup")});
        if (run == by_key.end()) {
            rest.push_back(std::move(entry));
            continue;
        }
        for (const char* key : {"side", "index", "warmup"})
            entry.erase(key);
        run->second->load = share(std::move(entry));
    }
    environment[loads_key] = std::move(rest);
}

ComparisonResult read_result(const Json& j) {
    ComparisonResult result;
    result.id = field<std::string>(j, "id");
    result.started_at = time_field(j, "started_at_ns");
    result.finished_at = time_field(j, "finished_at_ns");
    result.complete = field<bool>(j, "complete");
    result.plan = read_plan(j.at("plan"));
    NumberedRuns runs;
    result.sides = list_field(j, "sides", [&](const Json& side) { return read_side(side, runs); });
    std::ranges::sort(runs, {}, &NumberedRuns::value_type::first);
    std::vector<RunResult> ordered;
    for (auto& [number, run] : runs)
        ordered.push_back(std::move(run));
    Json environment = j.at("environment");
    distribute_loads(environment, ordered);
    result.environment = share(std::move(environment));
    result.runs = SharedList<RunResult>(std::move(ordered));
    if (result.plan.sides.empty())
        reject_field(j.at("plan"), "sides");
    result.ratios = list_field(j, "ratios", [&](const Json& ratio) { return read_ratio(ratio, result.plan); });
    result.contract = list_field(j, "contract", read_contract);
    result.notices = list_field(j, "notices", read_notice);
    if (j.contains("stopping"))
        result.stopping = read_look(j["stopping"]);
    return result;
}

} // namespace

Json report_json(const ComparisonResult& result) {
    Json document{{"schema", comparison_schema},
                  {"id", result.id},
                  {"started_at_ns", result.started_at.count()},
                  {"finished_at_ns", result.finished_at.count()},
                  {"complete", result.complete},
                  {"plan", plan_json(result.plan)},
                  {"sides", json_list(result.sides, [&](const SideResult& side) { return side_json(result, side); })},
                  {"ratios", json_list(result.ratios, ratio_json)},
                  {"contract", json_list(result.contract, contract_json)},
                  {"notices", json_list(result.notices, notice_json)},
                  {"environment", environment_json(result)}};
    if (result.stopping)
        document["stopping"] = look_json(*result.stopping);
    // A workload may print any bytes; JSON has only UTF-8, so others become U+FFFD here and dump() never throws.
    return Json::parse(document.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Result<ComparisonResult> parse_report(const Json& document, const std::string& subject) {
    ISOLAB_TRY(check_document(document, comparison_schema, subject));
    return read_guarded(subject, [&] { return read_result(document); });
}

} // namespace isolab
