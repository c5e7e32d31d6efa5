// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/report/json_fields.h"
#include "compare/report/report_parts.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

Json exchange_json(const Exchange& exchange) {
    return {{"port", exchange.port}, {"send", exchange.send}, {"expect", exchange.expect}};
}

Exchange read_exchange(const Json& json) {
    return {field<std::uint16_t>(json, "port"), field<std::string>(json, "send"), field<std::string>(json, "expect")};
}

Json stage_json(const WorkloadStage& stage) {
    return {{"id", stage.id},
            {"ask", exchange_json(stage.ask)},
            {"settle_ns", stage.settle.count()},
            {"deadline_ns", stage.deadline.count()}};
}

WorkloadStage read_stage(const Json& json) {
    return {field<std::string>(json, "id"), read_exchange(json.at("ask")), time_field(json, "settle_ns"),
            time_field(json, "deadline_ns")};
}

Json workload_json(const Workload& w) {
    Json json{{"id", w.id},
              {"title", w.title},
              {"summary", w.summary},
              {"image", w.image},
              {"command", w.command},
              {"env", w.env},
              {"cwd", json_of(w.cwd)},
              {"user", json_of(w.user)},
              {"cpus", w.limits.cpus},
              {"memory_bytes", w.limits.memory_bytes},
              {"readiness", w.readiness.text()},
              {"deadline_ns", w.deadline.count()},
              {"duration_ns", w.duration.count()},
              {"verify", w.verify ? exchange_json(*w.verify) : Json(nullptr)}};
    if (!w.stages.empty())
        json["stages"] = json_list(w.stages, stage_json);
    return json;
}

Workload read_workload(const Json& json) {
    Workload w;
    w.id = field<std::string>(json, "id");
    w.title = field<std::string>(json, "title");
    w.summary = field<std::string>(json, "summary");
    w.image = field<std::string>(json, "image");
    w.command = field<std::vector<std::string>>(json, "command");
    w.env = field<std::vector<std::string>>(json, "env");
    w.cwd = optional_field<std::string>(json, "cwd");
    w.user = optional_field<std::string>(json, "user");
    w.limits = {field<unsigned>(json, "cpus"), field<std::uint64_t>(json, "memory_bytes")};
    auto readiness = Readiness::parse(field<std::string>(json, "readiness"));
    if (!readiness)
        reject_field(json, "readiness");
    w.readiness = std::move(*readiness);
    w.deadline = time_field(json, "deadline_ns");
    w.duration = time_field(json, "duration_ns");
    if (const Json& verify = json.at("verify"); !verify.is_null())
        w.verify = read_exchange(verify);
    if (json.contains("stages"))
        w.stages = list_field(json, "stages", read_stage);
    return w;
}

} // namespace

const char* mode_id(Mode mode) noexcept { return mode == Mode::race ? "race" : "measure"; }

Json pair_json(const RatioPair& pair) { return {{"of", pair.of}, {"to", pair.to}}; }
RatioPair read_pair(const Json& json) { return {field<std::string>(json, "of"), field<std::string>(json, "to")}; }

Json stopping_json(const StoppingLimits& limits) {
    return {{"relative_half_width", limits.relative_half_width},
            {"least_runs", limits.least_runs},
            {"most_runs", limits.most_runs},
            {"most_time_ns", limits.most_time.count()}};
}

StoppingLimits read_stopping(const Json& json) {
    return {field<double>(json, "relative_half_width"), field<std::size_t>(json, "least_runs"),
            field<std::size_t>(json, "most_runs"), time_field(json, "most_time_ns")};
}

Json plan_json(const ComparisonPlan& plan) {
    Json json{{"workload", workload_json(plan.workload)},
              {"sides", plan.sides},
              {"runs", plan.runs},
              {"warmup", plan.warmup},
              {"seed", plan.seed},
              {"mode", mode_id(plan.mode)}};
    if (!plan.ratios.empty())
        json["ratios"] = json_list(plan.ratios, pair_json);
    if (plan.cold)
        json["cold"] = true;
    if (plan.part_of)
        json["part_of"] = {{"experiment", plan.part_of->experiment}, {"cell", plan.part_of->cell}};
    if (plan.order == RunOrder::listed)
        json["order"] = "listed";
    if (plan.stop)
        json["stop"] = stopping_json(*plan.stop);
    return json;
}

ComparisonPlan read_plan(const Json& json) {
    ComparisonPlan plan;
    plan.workload = read_workload(json.at("workload"));
    plan.sides = field<std::vector<std::string>>(json, "sides");
    if (json.contains("ratios"))
        plan.ratios = list_field(json, "ratios", read_pair);
    if (json.contains("part_of"))
        plan.part_of =
            PartOf{field<std::string>(json["part_of"], "experiment"), field<std::size_t>(json["part_of"], "cell")};
    plan.order = added_field<std::string>(json, "order") == "listed" ? RunOrder::listed : RunOrder::random;
    if (json.contains("stop"))
        plan.stop = read_stopping(json["stop"]);
    plan.cold = added_field<bool>(json, "cold").value_or(false);
    plan.runs = field<unsigned>(json, "runs");
    plan.warmup = field<unsigned>(json, "warmup");
    plan.seed = field<std::uint64_t>(json, "seed");
    plan.mode = field<std::string>(json, "mode") == "race" ? Mode::race : Mode::measure;
    return plan;
}

} // namespace isolab
