// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "compare/report/json_fields.h"
#include "compare/report/report_parts.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

Json span_json(const PhaseSpan& span) {
    return {{"id", phase_id(span.phase)},
            {"start_ns", span.start.count()},
            {"duration_ns", span.duration.count()},
            {"cpu_ns", json_of(span.cpu)},
            {"measured", span.measured}};
}

PhaseSpan read_span(const Json& json) {
    const auto id = field<std::string>(json, "id");
    const auto found = std::ranges::find(phase_ids, id);
    if (found == phase_ids.end())
        reject_field(json, "id");
    return {static_cast<Phase>(found - phase_ids.begin()), time_field(json, "start_ns"),
            time_field(json, "duration_ns"), optional_time(json, "cpu_ns"), field<bool>(json, "measured")};
}

Json row_json(const MemoryRow& row) {
    return {{"id", row.id},
            {"title", row.title},
            {"bytes", row.bytes},
            {"formula", row.formula},
            {"in_headline", row.in_headline}};
}

MemoryRow read_row(const Json& json) {
    return {field<std::string>(json, "id"), field<std::string>(json, "title"), field<std::uint64_t>(json, "bytes"),
            field<std::string>(json, "formula"), field<bool>(json, "in_headline")};
}

Json sample_json(const MemorySample& sample) {
    return {{"at_ns", sample.at.count()}, {"host_cost", sample.host_cost}, {"rows", json_list(sample.rows, row_json)}};
}

MemorySample read_sample(const Json& json) {
    return {time_field(json, "at_ns"), field<std::uint64_t>(json, "host_cost"), list_field(json, "rows", read_row)};
}

Json exit_json(const std::optional<ExitStatus>& exit) {
    if (!exit)
        return nullptr;
    return {{"code", exit->code}, {"signal", exit->signal}, {"out_of_memory", exit->out_of_memory}};
}

Json disk_json(const std::optional<DiskUse>& disk) {
    if (!disk)
        return nullptr;
    return {
        {"logical", disk->logical}, {"allocated", disk->allocated}, {"shared", disk->shared}, {"unique", disk->unique}};
}

std::optional<DiskUse> read_disk(const Json& disk) {
    if (disk.is_null())
        return std::nullopt;
    return DiskUse{field<std::uint64_t>(disk, "logical"), field<std::uint64_t>(disk, "allocated"),
                   field<std::uint64_t>(disk, "shared"), field<std::uint64_t>(disk, "unique")};
}

Json memory_json(const std::optional<MemorySample>& memory) { return memory ? sample_json(*memory) : Json(nullptr); }

std::optional<MemorySample> read_memory(const Json& memory) {
    return memory.is_null() ? std::nullopt : std::optional(read_sample(memory));
}

Json stage_result_json(const StageResult& stage) {
    return {{"id", stage.id},
            {"took_ns", stage.took.count()},
            {"memory", memory_json(stage.memory)},
            {"disk", disk_json(stage.disk)}};
}

StageResult read_stage_result(const Json& json) {
    return {field<std::string>(json, "id"), time_field(json, "took_ns"), read_memory(json.at("memory")),
            read_disk(json.at("disk"))};
}

void read_ending(const Json& json, RunResult& run) {
    if (const Json& exit = json.at("exit"); !exit.is_null())
        run.exit = ExitStatus{field<int>(exit, "code"), field<int>(exit, "signal"), field<bool>(exit, "out_of_memory")};
    run.disk = read_disk(json.at("disk"));
}

} // namespace

Json fact_json(const Fact& fact) {
    if (!fact.unit.empty())
        return {{"number", fact.number}, {"unit", fact.unit}};
    if (fact.id.empty())
        return fact.text;
    return {{"id", fact.id}, {"values", json_list(fact.values, fact_json)}};
}

Fact read_fact(const Json& json, const std::string& words) {
    if (json.is_string())
        return json.get<std::string>();
    if (json.contains("number"))
        return Fact::quantity(field<double>(json, "number"), field<std::string>(json, "unit"));
    auto id = field<std::string>(json, "id");
    if (fact_text(id) == nullptr)
        return words;
    return Fact::said(std::move(id),
                      list_field(json, "values", [](const Json& value) { return read_fact(value, {}); }));
}

Json notice_json(const Notice& notice) {
    Json json{{"id", notice.id}, {"text", english(notice.text)}, {"remedy", english(notice.remedy)}};
    if (!notice.text.is_words() || !notice.remedy.is_words())
        json["facts"] = {{"text", fact_json(notice.text)}, {"remedy", fact_json(notice.remedy)}};
    return json;
}

Notice read_notice(const Json& json) {
    Notice notice{field<std::string>(json, "id"), field<std::string>(json, "text"), field<std::string>(json, "remedy")};
    if (!json.contains("facts"))
        return notice;
    notice.text = read_fact(json["facts"].at("text"), notice.text.text);
    notice.remedy = read_fact(json["facts"].at("remedy"), notice.remedy.text);
    return notice;
}

Json error_json(const std::optional<Error>& error) {
    if (!error)
        return nullptr;
    return {{"kind", error_kind_id(error->kind)},
            {"operation", error->operation},
            {"subject", error->subject},
            {"cause", error->cause},
            {"remedy", error->remedy}};
}

std::optional<Error> read_error(const Json& json) {
    if (json.is_null())
        return std::nullopt;
    Error error;
    const auto id = field<std::string>(json, "kind");
    int kind = 0;
    while (kind <= static_cast<int>(ErrorKind::system) && error_kind_id(static_cast<ErrorKind>(kind)) != id)
        ++kind;
    if (kind > static_cast<int>(ErrorKind::system))
        reject_field(json, "kind");
    error.kind = static_cast<ErrorKind>(kind);
    error.operation = field<std::string>(json, "operation");
    error.subject = field<std::string>(json, "subject");
    error.cause = field<std::string>(json, "cause");
    error.remedy = field<std::string>(json, "remedy");
    return error;
}

Json run_json(const RunResult& run) {
    Json json{{"index", run.index},
              {"warmup", run.warmup},
              {"mode", mode_id(run.mode)},
              {"started_at_ns", run.started_at.count()},
              {"phases", json_list(run.phases, span_json)},
              {"ready_ns", json_of(run.ready)},
              {"cpu_to_ready_ns", json_of(run.cpu_to_ready)},
              {"cpu_total_ns", json_of(run.cpu_total)},
              {"exit_code", run.exit ? Json(run.exit->code) : Json(nullptr)},
              {"exit", exit_json(run.exit)},
              {"peak_memory", json_of(run.peak_memory)},
              {"memory", memory_json(run.memory_at_ready)},
              {"memory_series", json_list(run.memory_series,
                                          [](const MemorySample& s) {
                                              return Json::array({s.at.count(), s.host_cost});
                                          })},
              {"disk", disk_json(run.disk)},
              {"verified", json_of(run.verified)},
              {"output", run.output},
              {"work", run.work},
              {"notices", json_list(run.notices, notice_json)},
              {"marks", run.marks},
              {"error", error_json(run.error)}};
    if (!run.latency.empty())
        json["latency_ns"] = run.latency;
    if (!run.stages.empty())
        json["stages"] = json_list(run.stages, stage_result_json);
    return json;
}

RunResult read_run(const Json& json) {
    RunResult run;
    run.index = field<unsigned>(json, "index");
    run.warmup = field<bool>(json, "warmup");
    run.mode = field<std::string>(json, "mode") == "race" ? Mode::race : Mode::measure;
    run.started_at = time_field(json, "started_at_ns");
    run.phases = list_field(json, "phases", read_span);
    run.ready = optional_time(json, "ready_ns");
    run.cpu_to_ready = optional_time(json, "cpu_to_ready_ns");
    run.cpu_total = optional_time(json, "cpu_total_ns");
    run.peak_memory = optional_field<std::uint64_t>(json, "peak_memory");
    run.memory_at_ready = read_memory(json.at("memory"));
    if (json.contains("stages"))
        run.stages = list_field(json, "stages", read_stage_result);
    run.memory_series = list_field(json, "memory_series", [](const Json& pair) {
        return MemorySample{Nanoseconds(pair.at(0).get<std::int64_t>()), pair.at(1).get<std::uint64_t>(), {}};
    });
    read_ending(json, run);
    run.verified = optional_field<bool>(json, "verified");
    run.output = field<std::string>(json, "output");
    run.work = added_field<std::map<std::string, double>>(json, "work").value_or(run.work);
    run.latency = added_field<std::map<std::string, double>>(json, "latency_ns").value_or(run.latency);
    if (json.contains("notices"))
        run.notices = list_field(json, "notices", read_notice);
    run.marks = field<std::vector<std::string>>(json, "marks");
    run.error = read_error(json.at("error"));
    return run;
}

} // namespace isolab
