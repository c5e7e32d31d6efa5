// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/gui/support/sample_result.h"

#include <array>
#include <cmath>

#include "compare/model/world.h"
#include "engine/base/json.h"

namespace isolab::test {
namespace {

using Milliseconds = std::array<double, phase_count>;
constexpr Milliseconds container_phases{2.1, 1.4, 0, 0, 3.9, 0.8, 3.4, 4.2};
constexpr Milliseconds vm_phases{9.4, 68, 44, 890, 210, 31, 96, 41};

Nanoseconds ms(double value) { return Nanoseconds(static_cast<std::int64_t>(value * 1e6)); }

std::vector<PhaseSpan> spans(const Milliseconds& lengths, double scale) {
    std::vector<PhaseSpan> all;
    Nanoseconds start{0};
    for (std::size_t i = 0; i < phase_count; ++i) {
        const Nanoseconds length = ms(lengths[i] * scale);
        all.push_back({static_cast<Phase>(i), start, length, length, lengths[i] > 0});
        start += length;
    }
    return all;
}

MemorySample detailed(bool vm) {
    if (!vm)
        return {ms(12),
                7'040'000,
                {{"workload_anonymous", "workload", 1'210'000, "Pss_Anon", true},
                 {"shared_files", "mapped files of the image", 1'840'000, "Pss_File", true},
                 {"monitor", "engine: monitor process", 880'000, "Pss", true},
                 {"kernel", "host kernel, charged", 3'110'000, "cgroup", true}}};
    return {ms(1380),
            203'000'000,
            {{"workload_anonymous", "workload", 2'300'000, "AnonPages", true},
             {"page_cache", "guest page cache", 21'000'000, "Cached", true},
             {"guest_kernel", "guest kernel", 52'000'000, "rest", true},
             {"code_cache", "translated code", 63'000'000, "anon", true},
             {"monitor", "QEMU, virtual hardware", 64'700'000, "rest", true}}};
}

std::vector<MemorySample> series(bool vm, double scale) {
    std::vector<MemorySample> all;
    const double end = (vm ? 2400 : 1015) * scale;
    const double top = vm ? 203e6 : 7.04e6;
    for (int i = 0; i <= 40; ++i) {
        const double t = end * i / 40;
        all.push_back({ms(t), static_cast<std::uint64_t>(top * (1 - std::exp(-t / (vm ? 420 : 6)))), {}});
    }
    return all;
}

MetricSummary metric(const std::string& id, const std::string& unit, double median, double spread = 0.05) {
    return {id, unit, {8, median, median * (1 - spread), median * (1 + spread), median, median, median, median, {}}};
}

SideResult side_of(const std::string& side, bool vm) {
    SideResult result{side, vm ? "Virtual machine" : "Container", {}, {}, {}, "PSS at ready", std::nullopt};
    result.deployment = {{"unpack-layers", "unpack layers", ms(vm ? 3 : 310), vm}};
    if (vm) {
        result.marks = {"tcg"};
        result.deployment.push_back({"build-disk", "build base disk", ms(1500), false});
    }
    const Milliseconds& lengths = vm ? vm_phases : container_phases;
    double ready = 0;
    for (std::size_t i = 0; i < phase_count; ++i) {
        result.metrics.push_back(metric("phase." + std::string(phase_ids[i]), "ns", lengths[i] * 1e6));
        ready += static_cast<Phase>(i) == Phase::stop ? 0 : lengths[i] * 1e6;
    }
    result.metrics.push_back(metric("ready", "ns", ready));
    result.metrics.push_back(metric("memory", "bytes", vm ? 203e6 : 7.04e6));
    result.metrics.push_back(metric("disk.unique", "bytes", vm ? 1.44e6 : 84e3));
    result.metrics.push_back(metric("disk.shared", "bytes", vm ? 5.2e6 : 4.6e6));
    result.metrics.push_back(metric("cpu_to_ready", "ns", vm ? 1.31e9 : 9.2e6));
    return result;
}

} // namespace

Workload sample_workload(const std::string& id) {
    Workload workload;
    workload.id = id;
    workload.title = id == "http" ? "Web server" : id;
    workload.summary = "A small web server, ready when it answers its first request.";
    workload.image = "isolab/default";
    workload.command = {"/bin/httpd", "-f"};
    workload.readiness.kind = Readiness::Kind::http;
    return workload;
}

RunResult sample_run(const std::string& side, unsigned index, double scale) {
    const bool vm = boots_kernel(side);
    RunResult run;
    run.side = side;
    run.index = index;
    run.phases = spans(vm ? vm_phases : container_phases, scale);
    run.ready = run.phases.back().start;
    run.cpu_to_ready = ms(vm ? 1310 : 9.2);
    run.memory_at_ready = detailed(vm);
    run.memory_series = series(vm, scale);
    run.disk =
        vm ? DiskUse{64'000'000, 6'640'000, 5'200'000, 1'440'000} : DiskUse{4'700'000, 4'684'000, 4'600'000, 84'000};
    run.output = "httpd: listening on 0.0.0.0:8080\nGET /index.html 200\n";
    return run;
}

void remove_runs(ComparisonResult& result, const std::string& side) {
    change_runs(result, [&](std::vector<RunResult>& runs) {
        std::erase_if(runs, [&](const RunResult& run) { return run.side == side; });
    });
}

ComparisonResult sample_result(unsigned runs) {
    ComparisonResult result;
    result.id = "20261124-205441-1a2b";
    result.started_at = std::chrono::seconds(1795640081); // 2026-11-25 20:54:41 UTC
    result.plan.workload = sample_workload();
    result.plan.runs = runs;
    constexpr std::array wobble{1.0, 0.96, 1.03, 1.07, 0.98, 1.01, 0.94, 1.12};
    for (unsigned i = 0; i < runs; ++i)
        for (const char* side : {"container", "vm"})
            result.runs.push_back(sample_run(side, i, wobble[i % wobble.size()]));
    result.sides = {side_of("container", false), side_of("vm", true)};
    result.ratios = {{"ready", {116, 109, 124, 0.001, true}, {"vm", "container"}},
                     {"memory", {28.8, 27.1, 30.6, 0.001, true}, {"vm", "container"}},
                     {"disk.unique", {17.1, 16, 18.2, 0.001, true}, {"vm", "container"}},
                     {"cpu_to_ready", {142, 133, 151, 0.001, true}, {"vm", "container"}}};
    result.contract = {
        {"image",
         {{"container", "isolab/default:latest sha256:4f1c"}, {"vm", "isolab/default:latest sha256:4f1c"}},
         false},
        {"command", {{"container", "httpd -f"}, {"vm", "httpd -f"}}, false},
        {"cpus", {{"container", "1"}, {"vm", "1"}}, false},
        {"memory", {{"container", "256 MiB"}, {"vm", "256 MiB"}}, false},
        {"kernel", {{"container", "6.18.5"}, {"vm", "6.1.0-56-cloud-amd64"}}, true},
        {"accelerator", {{"container", Fact::said("accelerator.native")}, {"vm", Fact::said("accelerator.tcg")}}, true},
        {"storage",
         {{"container", Fact::said("storage.overlay")}, {"vm", Fact::said("storage.disk", {"writeback"})}},
         true},
        {"machine", {{"container", Fact::said("machine.host")}, {"vm", "pc, QEMU 7.2.22, libvirt 9.0.0"}}, true},
        {"firmware", {{"container", Fact::said("firmware.none")}, {"vm", "qboot"}}, true}};
    result.environment = share(
        {{"cpu", {{"count", 2}}}, {"memory", {{"total", 24'000'000'000ULL}}}, {"versions", {{"qemu", "7.2.22"}}}});
    result.notices = {{"few-runs", "Fewer than 10 runs: the intervals are wide.", "Use more runs"}};
    result.complete = true;
    return result;
}

ComparisonResult sample_result_of(const std::vector<std::string>& worlds, unsigned runs) {
    ComparisonResult result = sample_result(0);
    result.plan.sides = worlds;
    result.plan.runs = runs;
    result.sides.clear();
    double scale = 1;
    for (const std::string& world : worlds) {
        result.sides.push_back(side_of(world, boots_kernel(world)));
        for (unsigned i = 0; i < runs; ++i)
            result.runs.push_back(sample_run(world, i, scale + 0.01 * i));
        scale += 0.1;
    }
    for (ContractEntry& entry : result.contract)
        for (const std::string& world : worlds)
            entry.values[world] = entry.values[boots_kernel(world) ? "vm" : "container"];
    summarise_comparison(result);
    return result;
}

} // namespace isolab::test
