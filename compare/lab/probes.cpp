// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <utility>

#include "compare/lab/bench.h"
#include "compare/run/single_run.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

struct ProbedFigure {
    const char* figure;
    const char* place; ///< JSON pointer into the report
};

/// Numbers, or the lengths of lists.
constexpr std::array probed_figures{
    ProbedFigure{"sees.processes", "/processes/count"},      ProbedFigure{"sees.interfaces", "/interfaces"},
    ProbedFigure{"capabilities", "/capabilities/effective"}, ProbedFigure{"syscalls.works", "/syscalls/works"},
    ProbedFigure{"syscalls.refused", "/syscalls/refused"},   ProbedFigure{"syscalls.absent", "/syscalls/absent"},
};

void take_number(const Json& value, const std::string& figure, Observation& observation) {
    if (value.is_number())
        observation.figures[figure] = value.get<double>();
    else if (value.is_array())
        observation.figures[figure] = static_cast<double>(value.size());
}

/// Figures of the documents that isolab-probe prints (resources/README.md).
void take_figures(const Json& report, Observation& observation) {
    if (!report.is_object())
        return;
    for (const ProbedFigure& probed : probed_figures)
        if (const Json::json_pointer place(probed.place); report.contains(place))
            take_number(report[place], probed.figure, observation);
    if (report.value("schema", Json()) != "isolab.limits/1" || !report.contains("limit") ||
        !report["limit"].is_string())
        return;
    const auto limit = report["limit"].get<std::string>();
    for (const char* key : {"reached", "cpu_per_wall"})
        if (report.contains(key))
            take_number(report[key], "reached." + limit, observation);
}

/// What a probe says: the document that it printed, and how it ended.
void take_evidence(const RunResult& run, Observation& observation) {
    Json evidence = Json::object();
    if (auto document = parse_json(run.output, "output of the probe"))
        evidence["report"] = std::move(*document);
    else
        evidence["output"] = run.output;
    if (evidence.contains("report"))
        take_figures(evidence["report"], observation);
    if (run.exit)
        evidence["exit"] = {
            {"code", run.exit->code}, {"signal", run.exit->signal}, {"out_of_memory", run.exit->out_of_memory}};
    if (run.ready)
        observation.figures["ready"] = static_cast<double>(run.ready->count());
    if (run.cpu_total)
        observation.figures["cpu_total"] = static_cast<double>(run.cpu_total->count());
    observation.evidence = share(std::move(evidence));
}

/// A probe that ends otherwise than well, for instance by a limit that holds, has shown something nevertheless.
bool has_ended(const RunResult& run) { return run.exit.has_value(); }

void probe_world(Bench& bench, Backend& world, std::size_t cell, const Workload& workload) {
    auto deployed = world.deploy(workload, bench.observer(), bench.stop());
    if (!deployed)
        return bench.fail_world(world.side(), cell, std::move(deployed).error());
    SideFeed feed(bench.observer(), world.side());
    for (unsigned index = 0; index < bench.experiment().repetitions && !bench.is_over(); ++index) {
        RunResult run = perform_run({world, **deployed}, workload, {index, false, Mode::measure}, feed, bench.stop());
        Observation observation;
        observation.world = world.side();
        observation.cell = cell;
        observation.index = index;
        observation.marks = run.marks;
        take_evidence(run, observation);
        if (!has_ended(run))
            observation.error = std::move(run.error);
        if (observation.error && observation.error->kind == ErrorKind::cancelled)
            return;
        bench.observe(std::move(observation));
    }
}

} // namespace

void run_probes(Bench& bench) {
    bench.for_each_world([](const Workload&) { return true; },
                         [&](const WorldPart& part) { probe_world(bench, part.world, part.cell, part.workload); });
}

} // namespace isolab
