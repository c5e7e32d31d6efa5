// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/run/comparison_run.h"

#include <algorithm>
#include <latch>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "compare/measure/environment.h"
#include "compare/measure/guard.h"
#include "compare/measure/host_cpu.h"
#include "compare/measure/overhead.h"
#include "compare/measure/page_cache.h"
#include "compare/model/runner_observer.h"
#include "compare/report/json_fields.h"
#include "compare/run/run_order.h"
#include "engine/base/host_facts.h"
#include "engine/base/json.h"
#include "engine/base/random_id.h"
#include "engine/base/utc_time.h"

namespace isolab {
namespace {

/// Pause between two runs, so that what the one leaves to the kernel is not paid by the next.
constexpr std::chrono::milliseconds settle{20};
constexpr double disturbing_share = 0.2; ///< of all CPUs, used by others during a run
constexpr unsigned few_runs = 4;         ///< with 3, two sides that do not overlap at all give p = 2/20

/// The history chooses another one where it has this already.
std::string new_id(Nanoseconds now) { return utc_stamp(now) + "-" + random_hex(4); }

/// What the first counted run finds: deployment leaves nothing to unpack, but only a warm-up has read the files.
Fact start_state(const ComparisonPlan& plan) {
    return Fact::said(plan.cold ? "cache.cold" : plan.warmup > 0 ? "cache.warm" : "cache.first");
}

Fact name_of(const SideResult& side) { return world_name(side.side, side.title); }

bool is_world(const Fact& fact) { return fact.id.starts_with("world."); }

bool names_world(const Fact& names, const Fact& world) {
    return names == world ||
           std::ranges::any_of(names.values, [&](const Fact& name) { return names_world(name, world); });
}

/// Told once; where it is the same of several worlds, it names them all.
void add_notice(std::vector<Notice>& notices, Notice notice) {
    const auto told = std::ranges::find(notices, notice.id, &Notice::id);
    if (told == notices.end()) {
        notices.push_back(std::move(notice));
        return;
    }
    const std::vector<Fact>& values = notice.text.values;
    if (told->text.id == notice.text.id && !values.empty() && is_world(values.front()) &&
        !names_world(told->text.values.front(), values.front()))
        told->text.values.front() = Fact::said("text.and", {told->text.values.front(), values.front()});
}

Fact count_of(std::ptrdiff_t number) { return Fact::quantity(static_cast<double>(number), "count"); }

bool is_measured(const RunResult& run) { return !run.warmup && run.mode == Mode::measure; }

std::vector<double> ready_times(const ComparisonResult& result, const std::string& side) {
    std::vector<double> times;
    for (const RunResult& run : result.runs)
        if (run.side == side && is_measured(run) && !run.error && run.ready)
            times.push_back(static_cast<double>(run.ready->count()));
    return times;
}

bool has_mark(const RunResult& run, const char* mark) { return std::ranges::find(run.marks, mark) != run.marks.end(); }

} // namespace

ComparisonRun::ComparisonRun(std::vector<Backend*> backends, ComparisonStore* history, const ComparisonPlan& plan,
                             RunnerObserver& observer, const StopToken& stop)
    : backends_(std::move(backends)), history_(history), observer_(observer), stop_(stop),
      data_root_(history != nullptr ? history->file().parent_path() : std::filesystem::path("/")),
      deployments_(backends_.size()) {
    result_.started_at = realtime_now();
    result_.id = new_id(result_.started_at);
    result_.plan = plan;
    for (Backend* backend : backends_) {
        feeds_.push_back(std::make_unique<SideFeed>(observer, backend->side()));
        SideResult side;
        side.side = backend->side();
        side.title = backend->title();
        result_.sides.push_back(std::move(side));
    }
}

ComparisonResult ComparisonRun::perform() {
    record_surroundings();
    for (std::size_t side = 0; side < backends_.size() && !stop_.stop_requested(); ++side)
        deploy(side);
    result_.environment = share(environment_);
    warm_up();
    if (result_.plan.mode == Mode::race)
        race();
    else
        measure();
    conclude();
    return std::move(result_);
}

void ComparisonRun::record_surroundings() {
    environment_ = record_environment(data_root_);
    environment_["overhead"] = measure_overhead();
    const Json load = record_load(data_root_);
    environment_["load_before"] = load;
    environment_["load_of_runs"] = Json::array();
    result_.notices = guard(environment_, load);
    if (result_.plan.mode == Mode::race)
        add_notice(result_.notices, {"race", Fact::said("notice.race"), {}});
    else if (result_.plan.runs < few_runs)
        add_notice(result_.notices, {"few-runs", Fact::said("notice.few_runs", {Fact::quantity(few_runs, "count")}),
                                     Fact::said("remedy.more_runs")});
}

void ComparisonRun::deploy(std::size_t side) {
    observer_.on_deployment_started(result_.sides[side].side);
    auto deployed = backends_[side]->deploy(result_.plan.workload, observer_, stop_);
    if (!deployed) {
        if (!stop_.stop_requested())
            result_.sides[side].error = std::move(deployed).error();
        return;
    }
    deployments_[side] = std::move(*deployed);
    result_.sides[side].deployment = deployments_[side]->steps();
    result_.sides[side].marks = backends_[side]->marks();
    observer_.on_deployment(result_.sides[side].side, result_.sides[side].deployment);
    if (std::ranges::find(result_.sides[side].marks, "tcg") != result_.sides[side].marks.end())
        add_notice(result_.notices,
                   {"tcg", Fact::said("notice.tcg", {name_of(result_.sides[side])}), Fact::said("remedy.kvm")});
    take_contract(side);
}

void ComparisonRun::take_contract(std::size_t side) {
    std::vector<ContractRow> rows = deployments_[side]->contract();
    rows.push_back({"cache", start_state(result_.plan)});
    for (const ContractRow& row : rows) {
        auto entry = std::ranges::find(result_.contract, row.key, &ContractEntry::key);
        if (entry == result_.contract.end())
            entry = result_.contract.insert(result_.contract.end(), {row.key, {}, false});
        entry->values[result_.sides[side].side] = row.value;
    }
    for (Notice& notice : deployments_[side]->notices())
        add_notice(result_.notices, std::move(notice));
    for (const auto& [program, version] : backends_[side]->versions())
        environment_["versions"][program] = version;
}

void ComparisonRun::warm_up() {
    for (unsigned index = 0; index < result_.plan.warmup; ++index)
        for (std::size_t side = 0; side < backends_.size(); ++side)
            take_turn(side, index, true);
}

void ComparisonRun::measure() {
    const ComparisonPlan& plan = result_.plan;
    const auto rounds = order_of_runs(plan.order, backends_.size(), plan.runs, plan.seed);
    const Nanoseconds begin = monotonic_now();
    for (unsigned index = 0; index < rounds.size() && !is_enough(monotonic_now() - begin); ++index)
        for (const std::size_t side : rounds[index])
            take_turn(side, index, false);
}

/// By the times until ready of the sides that still take part; a look after every round is recorded.
bool ComparisonRun::is_enough(Nanoseconds elapsed) {
    if (!result_.plan.stop)
        return false;
    std::vector<std::vector<double>> samples;
    for (const SideResult& side : result_.sides)
        if (!side.error)
            samples.push_back(ready_times(result_, side.side));
    result_.stopping = look_at(samples, elapsed, *result_.plan.stop, result_.plan.seed);
    return result_.stopping->stop();
}

void ComparisonRun::take_turn(std::size_t side, unsigned index, bool warmup) {
    if (is_out(side) || stop_.stop_requested())
        return;
    if (done_++ > 0 && stop_.wait_for(settle))
        return;
    if (result_.plan.cold && !chill(side))
        return;
    accept(run_once(side, index, warmup));
}

/// A side whose runs cannot begin cold has none: warm ones are never shown in their place.
bool ComparisonRun::chill(std::size_t side) {
    auto dropped = drop_page_cache();
    if (!dropped)
        result_.sides[side].error = std::move(dropped).error();
    return !result_.sides[side].error;
}

RunResult ComparisonRun::run_once(std::size_t side, unsigned index, bool warmup) {
    // A warm-up of a race takes its turn like any other.
    const Mode mode = warmup ? Mode::measure : result_.plan.mode;
    const Json before = record_load(data_root_);
    const CpuReading cpu_before = read_cpu();
    RunResult run = perform_run(world_of(side), result_.plan.workload, {index, warmup, mode}, *feeds_[side], stop_);
    const auto foreign = foreign_cpu_share(cpu_before, read_cpu(), run.cpu_total, online_cpu_count());
    const Json after = record_load(data_root_);
    if (result_.plan.cold)
        run.marks.emplace_back(cold_mark);
    if (foreign.value_or(0) > disturbing_share)
        run.marks.emplace_back("busy-host");
    run.load = share({{"before", before}, {"after", after}, {"foreign_cpu", json_of(foreign)}});
    return run;
}

void ComparisonRun::race() {
    for (unsigned index = 0; index < result_.plan.runs && !stop_.stop_requested(); ++index) {
        std::vector<std::size_t> ready;
        for (std::size_t side = 0; side < backends_.size(); ++side)
            if (!is_out(side))
                ready.push_back(side);
        std::latch start(static_cast<std::ptrdiff_t>(ready.size()));
        std::vector<RunResult> runs(ready.size());
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < ready.size(); ++i)
            threads.emplace_back([&, i] {
                start.arrive_and_wait();
                runs[i] = perform_run(world_of(ready[i]), result_.plan.workload, {index, false, Mode::race},
                                      *feeds_[ready[i]], stop_);
            });
        threads.clear();
        for (RunResult& run : runs)
            accept(std::move(run));
    }
}

void ComparisonRun::accept(RunResult run) {
    const std::size_t notices = result_.notices.size();
    for (const Notice& notice : run.notices)
        add_notice(result_.notices, notice);
    header_due_ = header_due_ || result_.notices.size() != notices;
    if (run.error && run.warmup && run.error->kind != ErrorKind::cancelled)
        for (SideResult& side : result_.sides)
            if (side.side == run.side) {
                side.error = run.error;
                header_due_ = true;
            }
    result_.runs.push_back(std::move(run));
    if (const Nanoseconds now = monotonic_now(); summaries_.is_due(now)) {
        summarise_comparison(result_);
        summaries_.done(now, monotonic_now());
    }
    publish();
}

void ComparisonRun::publish() {
    result_.finished_at = realtime_now();
    save();
    observer_.on_result(result_);
}

/// The notice tells of the last try.
void ComparisonRun::save() {
    if (history_ == nullptr)
        return;
    std::erase_if(result_.notices, [](const Notice& notice) { return notice.id == "not-saved"; });
    auto saved = save_what_is_new();
    if (saved)
        return;
    const std::string remedy = std::exchange(saved.error().remedy, {});
    add_notice(result_.notices, {"not-saved", Fact::said("notice.failed", {saved.error().message()}), remedy});
}

Result<void> ComparisonRun::save_what_is_new() {
    if (begun_ && !header_due_)
        return history_->save_runs(result_);
    ISOLAB_TRY(begun_ ? history_->save(result_) : history_->begin(result_));
    begun_ = true;
    header_due_ = false;
    return {};
}

void ComparisonRun::notice_disturbed_runs() {
    const auto measured = std::ranges::count_if(result_.runs, is_measured);
    const auto disturbed = std::ranges::count_if(
        result_.runs, [&](const RunResult& run) { return is_measured(run) && has_mark(run, "busy-host"); });
    if (disturbed > 0)
        add_notice(result_.notices,
                   {"disturbed", Fact::said("notice.disturbed", {count_of(disturbed), count_of(measured)}),
                    Fact::said("remedy.compare_again")});
}

void ComparisonRun::notice_killed_runs() {
    for (const SideResult& side : result_.sides) {
        const auto is_counted = [&](const RunResult& run) {
            return is_measured(run) && !run.error && run.side == side.side;
        };
        const auto counted = std::ranges::count_if(result_.runs, is_counted);
        const auto killed = std::ranges::count_if(
            result_.runs, [&](const RunResult& run) { return is_counted(run) && has_mark(run, killed_mark); });
        if (killed > 0)
            add_notice(result_.notices,
                       {fmt::format("{}-{}", killed_mark, side.side),
                        Fact::said("notice.killed", {name_of(side), count_of(killed), count_of(counted)}),
                        Fact::said("remedy.heed")});
    }
}

void ComparisonRun::conclude() {
    const bool enough = result_.stopping && result_.stopping->stop();
    const auto planned = (enough ? result_.stopping->runs : result_.plan.runs) * backends_.size();
    const auto finished = static_cast<std::size_t>(std::ranges::count_if(result_.runs, [](const RunResult& run) {
        return !run.warmup && !(run.error && run.error->kind == ErrorKind::cancelled);
    }));
    result_.complete = finished >= planned;
    environment_["load_after"] = record_load(data_root_);
    result_.environment = share(environment_);
    header_due_ = true;
    notice_disturbed_runs();
    notice_killed_runs();
    summarise_comparison(result_);
    publish();
}

} // namespace isolab
