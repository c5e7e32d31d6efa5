// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/gui/support/fake_source.h"

#include <algorithm>

#include "compare/model/runner_observer.h"
#include "tests/gui/support/sample_experiment.h"
#include "tests/gui/support/sample_result.h"

namespace isolab::test {

Result<Catalogue> FakeSource::open(const std::string& wish, ProgressSink&, const StopToken& stop) {
    ++opened;
    wanted = wish;
    Catalogue catalogue{{sample_workload("hello"), sample_workload("http")}, {}, std::nullopt};
    if (on_open) {
        ISOLAB_ASSIGN(catalogue.workloads, on_open(stop));
    }
    const bool known = std::ranges::any_of(catalogue.workloads, [&](const Workload& w) { return w.id == wish; });
    if (!wish.empty() && !known)
        catalogue.unknown = Error{ErrorKind::not_found, "find workload or image", wish, "there is none of that name",
                                  "Workloads: hello, http"};
    return catalogue;
}

Result<SessionStatus> FakeSource::status(const StopToken&) {
    SessionStatus status;
    if (status_error)
        return fail(*status_error);
    status.engine.cgroup_mode = "hybrid";
    status.engine.limits_enforced = limits_enforced;
    status.engine.limits_reason = limits_enforced ? "" : "no controller can be used";
    status.engine.snapshotter = "overlay";
    status.engine.kernel = "6.18.5";
    HypervisorFacts facts;
    facts.accelerator = kvm ? Accelerator::kvm : Accelerator::tcg;
    facts.accelerator_reason =
        kvm ? "" : "/dev/kvm opens, but the processor has neither vmx nor svm. Use a machine with them.";
    facts.uri = "qemu:///embed";
    facts.machine_type = "pc";
    facts.firmware = "qboot";
    facts.kernel = "6.1.0-56-cloud-amd64";
    facts.kernel_line = "quiet";
    facts.qemu_version = "7.2.22";
    facts.libvirt_version = "9.0.0";
    status.hypervisor = facts;
    return status;
}

Result<ComparisonResult> FakeSource::run(const ComparisonPlan& plan, RunnerObserver& observer, const StopToken& stop) {
    ++runs;
    return on_run ? on_run(plan, observer, stop) : sample_result(plan.runs);
}

std::vector<Prerequisite> FakeSource::check() {
    return {{"kernel", "kernel", Prerequisite::State::found, "6.18.5", "", true},
            {"kvm", "hardware virtualisation", Prerequisite::State::unusable, "the processor has neither vmx nor svm",
             "Use a machine with hardware virtualisation", false},
            {"qemu", "QEMU", Prerequisite::State::missing, "qemu-system-x86_64 is not in PATH",
             "Install qemu-system-x86", true}};
}

std::vector<WorldStatus> FakeSource::worlds(const StopToken& /*stop*/) {
    std::vector<WorldStatus> all;
    for (const World& world : known_worlds())
        all.push_back({world, std::nullopt});
    return all;
}

namespace {

/// As the history does it, for the conditions that tests use.
bool lets_through(const HistoryFilter& filter, const HistoryEntry& entry) {
    const auto has = [&](const std::string& text) { return text.find(filter.text) != std::string::npos; };
    return (!filter.kind || *filter.kind == entry.kind) &&
           (filter.tag.empty() || std::ranges::find(entry.tags, filter.tag) != entry.tags.end()) &&
           (filter.text.empty() || has(entry.workload) || has(entry.id) || has(entry.note));
}

} // namespace

std::vector<HistoryEntry> sample_entries() {
    return {{"20261124-205441-1a2b", "2026-11-24T20:54:41Z", "http", 8, true, "container 11.6 ms, vm 1.35 s (116x)"},
            {"20261123-101500-77aa", "2026-11-23T10:15:00Z", "hello", 3, false, "container 9.1 ms"}};
}

Result<std::vector<HistoryEntry>> FakeSource::list(const HistoryFilter& filter) {
    if (on_list)
        ISOLAB_TRY(on_list(filter));
    std::vector<HistoryEntry> entries;
    for (const HistoryEntry& entry : kept) {
        if (lets_through(filter, entry))
            entries.push_back(entry);
        if (filter.most > 0 && entries.size() == filter.most)
            break;
    }
    return entries;
}

Result<AnyResult> FakeSource::load_any(const std::string& id) {
    ISOLAB_ASSIGN(ComparisonResult result, load(id));
    return AnyResult(std::move(result));
}

Result<void> FakeSource::change_tags(const std::string& id, const std::vector<std::string>& added,
                                     const std::vector<std::string>& removed) {
    const auto entry = std::ranges::find(kept, id, &HistoryEntry::id);
    if (std::ranges::any_of(added, [](const std::string& tag) { return tag.size() > 64; }))
        return fail(ErrorKind::invalid_argument, "tag result", id, "a tag has 64 bytes at most", "Shorten it");
    std::erase_if(entry->tags, [&](const auto& tag) { return std::ranges::find(removed, tag) != removed.end(); });
    entry->tags.insert(entry->tags.end(), added.begin(), added.end());
    return {};
}

Result<void> FakeSource::set_note(const std::string& id, const std::string& note) {
    std::ranges::find(kept, id, &HistoryEntry::id)->note = note;
    return {};
}

Result<void> FakeSource::remove_all(const std::vector<std::string>& ids) {
    std::erase_if(kept, [&](const HistoryEntry& entry) { return std::ranges::find(ids, entry.id) != ids.end(); });
    return {};
}

Result<PortableResult> FakeSource::portable(const std::string& id, bool is_private) {
    ISOLAB_ASSIGN(AnyResult result, load_any(id));
    return PortableResult{std::move(result), is_private ? "" : "here"};
}

Result<std::vector<ImportOutcome>> FakeSource::import_results(const std::vector<PortableResult>& results) {
    std::vector<ImportOutcome> outcomes;
    for (const PortableResult& one : results) {
        const std::string& id = id_of(one.result);
        const bool known = std::ranges::find(kept, id, &HistoryEntry::id) != kept.end();
        if (!known)
            kept.insert(kept.begin(), {id, "2026-11-30T10:00:00Z", "imported", 1, true, ""});
        outcomes.push_back({id, !known});
    }
    return outcomes;
}

Result<ComparisonResult> FakeSource::load(const std::string& id) {
    if (on_load)
        return on_load(id);
    ComparisonResult result = sample_result();
    result.id = id;
    return result;
}

Result<Suite> FakeSource::suite(const std::string& /*id*/, bool quick) {
    if (suite_error)
        return fail(*suite_error);
    return sample_suite(quick);
}

Result<std::vector<ExperimentResult>> FakeSource::saved(const Suite& /*suite*/) { return saved_results; }

Result<ExperimentResult> FakeSource::run(const Experiment& experiment, ExperimentObserver& observer,
                                         const StopToken& stop) {
    ++runs;
    if (on_experiment)
        return on_experiment(experiment, observer, stop);
    ExperimentResult result = sample_experiment_result(experiment);
    observer.on_part(result, 0, 1, {});
    observer.on_experiment(result);
    return result;
}

Result<SuiteResult> FakeSource::run(const Suite& suite, ExperimentObserver& observer, const StopToken& stop) {
    SuiteResult all;
    for (std::size_t i = 0; i < suite.experiments.size() && !stop.stop_requested(); ++i) {
        observer.on_suite(suite, i, suite.experiments.size());
        ISOLAB_ASSIGN(ExperimentResult one, run(suite.experiments[i], observer, stop));
        all.experiments.push_back(std::move(one));
    }
    return all;
}

FakeSource::Run endless_run() {
    return [](const ComparisonPlan& plan, RunnerObserver& observer, const StopToken& stop) -> Result<ComparisonResult> {
        const RunResult run = sample_run("container", 0);
        observer.on_run_started("container", 0, false);
        for (const PhaseSpan& span : run.phases)
            observer.on_phase("container", span);
        observer.on_run_finished(run);
        ComparisonResult result = sample_result(1);
        result.plan = plan;
        change_runs(result, [](std::vector<RunResult>& runs) { runs.resize(1); });
        result.complete = false;
        observer.on_result(result);
        observer.on_run_started("vm", 0, false);
        while (!stop.wait_for(std::chrono::milliseconds(5)))
            observer.on_output("vm", OutputStream::out, "still working\n");
        return result;
    };
}

FakeSource::Run played_run(std::chrono::milliseconds duration) {
    return [duration](const ComparisonPlan& plan, RunnerObserver& observer,
                      const StopToken& stop) -> Result<ComparisonResult> {
        ComparisonResult whole = sample_result(plan.runs);
        whole.plan = plan;
        ComparisonResult sofar = whole;
        sofar.runs = {};
        sofar.complete = false;
        for (const RunResult& run : whole.runs) {
            observer.on_run_started(run.side, run.index, false);
            for (const PhaseSpan& span : run.phases) {
                if (stop.wait_for(duration / whole.runs.size() / phase_count))
                    return sofar;
                observer.on_phase(run.side, span);
            }
            observer.on_output(run.side, OutputStream::out, run.output);
            for (const MemorySample& sample : run.memory_series)
                observer.on_memory(run.side, sample);
            observer.on_run_finished(run);
            sofar.runs.push_back(run);
            observer.on_result(sofar);
        }
        return whole;
    };
}

} // namespace isolab::test
