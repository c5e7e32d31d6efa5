// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/run/single_run.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "compare/measure/bench_output.h"
#include "compare/measure/environment.h"
#include "compare/measure/memory_sampler.h"
#include "compare/measure/run_recorder.h"
#include "engine/base/text.h"

namespace isolab {
namespace {

using namespace std::chrono_literals;
constexpr auto stop_grace = 5s;     ///< then by force
constexpr auto gone_deadline = 30s; ///< from the end of the workload until nothing is left
constexpr auto exchange_timeout = 5000ms;

std::string quote_last_line(const RunRecorder& recorder) {
    const std::string line = plain_text(recorder.last_line(), longest_quote);
    return line.empty() ? "it printed nothing" : fmt::format("its last line was \"{}\"", line);
}

/// Without a status nobody told how it ended.
std::string describe_end(const std::optional<ExitStatus>& status) {
    if (!status)
        return "what it ran in ended";
    if (status->out_of_memory)
        return "it was killed because its memory was used up";
    return status->signal != 0 ? fmt::format("it was killed by signal {}", status->signal)
                               : fmt::format("it ended with exit code {}", status->code);
}

/// One run, as a list of steps.
class SingleRun {
  public:
    SingleRun(const RunWorld& world, const Workload& workload, SideFeed& feed, const StopToken& stop, RunResult& run)
        : title_(world.backend.title()), name_(world_name(world.backend.side(), title_)), deployment_(world.deployment),
          workload_(workload), feed_(feed), stop_(stop), run_(run), recorder_(workload.readiness, feed) {}

    /// Whether it could be started.
    bool perform() {
        if (auto done = start(); !done) {
            recorder_.give_up();
            finish(done.error());
            return false;
        }
        go_on();
        return true;
    }

  private:
    bool stays() const { return workload_.readiness.kind != Readiness::Kind::exit; }

    void go_on() {
        auto lived = live();
        auto ended = end(lived.has_value());
        // The world that broke down under the workload knows the cause; what was seen of it is a consequence.
        const bool broke_down = !ended && recorder_.lost();
        if (!lived && (!broke_down || lived.error().kind == ErrorKind::cancelled))
            return finish(lived.error());
        if (!ended)
            return finish(ended.error());
        finish(judge_exit());
    }

    Result<void> start() {
        available_before_ = available_memory();
        run_.started_at = realtime_now();
        sampler_.emplace(recorder_, feed_); // its thread is ours: not in the instance's CPU time, so not in the wall's
        t0_ = monotonic_now();
        recorder_.begin(t0_);
        sampler_->begin(t0_);
        ISOLAB_ASSIGN(instance_, deployment_.start(recorder_, stop_));
        sampler_->attach(*instance_);
        return {};
    }

    Result<void> live() {
        if (const auto ready = become_ready(); !ready) {
            recorder_.give_up();
            return ready;
        }
        if (!stays())
            return {};
        ISOLAB_TRY(inspect());
        for (const WorkloadStage& stage : workload_.stages)
            ISOLAB_TRY(enter(stage));
        return watch();
    }

    Result<void> become_ready() {
        using Outcome = RunRecorder::Outcome;
        const auto deadline = workload_.deadline + deployment_.patience();
        const auto limit = std::chrono::duration<double>(deadline).count();
        switch (recorder_.wait_ready(t0_ + deadline, stop_)) {
        case Outcome::ready:
            return {};
        case Outcome::stopped:
            return stop_.check("wait until " + workload_.id + " is ready");
        case Outcome::deadline:
            return failure(ErrorKind::timeout, "wait for",
                           fmt::format("\"{}\" did not hold within {:g} s; {}", workload_.readiness.text(), limit,
                                       quote_last_line(recorder_)),
                           "Check the readiness condition and the output, or allow a longer deadline");
        case Outcome::exited:
            break;
        }
        return failure(ErrorKind::system, "wait for",
                       fmt::format("it ended before it was ready, \"{}\" did not hold: {}; {}",
                                   workload_.readiness.text(), describe_end(recorder_.exit_status()),
                                   quote_last_line(recorder_)),
                       "Read its output; the command or the image may be wrong");
    }

    /// What is asked of a service that is ready: CPU time first, which goes on with every question, then memory, before
    /// the workload's own question changes it.
    Result<void> inspect() {
        if (!recorder_.ready_cpu())
            if (const auto cpu = instance_->cpu())
                run_.cpu_to_ready = *cpu;
        run_.memory_at_ready = measure_memory();
        measure_disk();
        return workload_.verify ? verify(*workload_.verify) : Result<void>{};
    }

    Result<void> enter(const WorkloadStage& stage) {
        const Nanoseconds asked = monotonic_now();
        const auto timeout = std::chrono::duration_cast<std::chrono::milliseconds>(stage.deadline);
        ISOLAB_TRY(ask(stage.ask, timeout, "bring to stage " + stage.id));
        StageResult result{stage.id, monotonic_now() - asked, {}, {}};
        if (stop_.wait_for(std::chrono::ceil<std::chrono::milliseconds>(stage.settle)))
            return stop_.check("wait after stage " + stage.id + " of " + workload_.id);
        result.memory = measure_memory();
        if (const auto disk = instance_->disk())
            result.disk = *disk;
        run_.stages.push_back(std::move(result));
        return {};
    }

    std::optional<MemorySample> measure_memory() {
        const auto available = available_memory();
        auto memory = instance_->memory(true);
        if (!memory) {
            run_.notices.push_back({"memory", Fact::said("notice.no_memory", {name_, memory.error().message()}), {}});
            return std::nullopt;
        }
        memory->at -= t0_;
        add_cross_check(available, memory->rows);
        return std::move(*memory);
    }

    /// The same cost seen from outside, by an instrument that knows nothing of the instance.
    void add_cross_check(std::optional<std::uint64_t> available, std::vector<MemoryRow>& rows) const {
        if (available && available_before_)
            rows.push_back({"host_available", "fall of MemAvailable",
                            *available_before_ - std::min(*available, *available_before_),
                            "MemAvailable of the host before the start less at ready; 0 when it rose", false});
    }

    void measure_disk() {
        if (!run_.disk)
            if (const auto disk = instance_->disk())
                run_.disk = *disk;
    }

    Result<void> verify(const Exchange& exchange) {
        auto answered = ask(exchange, exchange_timeout, "verify");
        run_.verified = answered.has_value();
        return answered;
    }

    Result<void> ask(const Exchange& exchange, std::chrono::milliseconds timeout, const std::string& operation) const {
        const auto answer = instance_->exchange(exchange, timeout);
        if (answer && answer->find(exchange.expect) != std::string::npos)
            return {};
        return failure(ErrorKind::system, operation,
                       answer
                           ? fmt::format("port {} answered \"{}\", expected \"{}\"", exchange.port,
                                         plain_text(*answer, longest_quote), plain_text(exchange.expect, longest_quote))
                           : answer.error().message(),
                       "");
    }

    Result<void> watch() {
        switch (recorder_.watch(workload_.duration, stop_)) {
        case RunRecorder::Outcome::stopped:
            return stop_.check("watch " + workload_.id);
        case RunRecorder::Outcome::exited:
            return failure(ErrorKind::system, "watch",
                           fmt::format("{} while it was watched; {}", describe_end(recorder_.exit_status()),
                                       quote_last_line(recorder_)),
                           "A service must stay until it is asked to stop");
        default:
            return {};
        }
    }

    /// Waits for the end of what ended by itself, otherwise asks it to stop; a failed run need not be polite. The disk
    /// is measured before; of what ends by itself afterwards, since its files are being removed meanwhile.
    Result<void> end(bool well) {
        if (sampler_)
            run_.memory_series = sampler_->finish();
        const auto exited = recorder_.exit_mark();
        const bool over = exited || recorder_.lost();
        const auto cpu =
            exited ? exited->cpu
                   : instance_->cpu().map([](Nanoseconds n) { return std::optional(n); }).value_or(std::nullopt);
        recorder_.begin_stop(exited ? exited->at : monotonic_now(), cpu);
        if (!over)
            measure_disk();
        auto gone = over ? instance_->wait({}, gone_deadline) : instance_->stop(well ? stop_grace : 1s);
        if (!gone)
            return fail(gone.error().within(recorder_.lost() ? "run" : "end the run of", workload_.id));
        recorder_.end_stop(gone->gone_at, gone->cpu_total);
        measure_disk();
        run_.exit = gone->status;
        run_.cpu_total = gone->cpu_total;
        run_.peak_memory = gone->peak_memory;
        if (gone->killed)
            run_.marks.emplace_back(killed_mark);
        return {};
    }

    std::optional<Error> judge_exit() const {
        if (stays() || !run_.exit || (run_.exit->code == 0 && run_.exit->signal == 0))
            return std::nullopt;
        return failure(ErrorKind::system, "run", describe_end(run_.exit) + "; " + quote_last_line(recorder_),
                       "Its times are kept but not counted")
            .value();
    }

    void finish(std::optional<Error> error) {
        sampler_.reset();
        instance_.reset();
        run_.phases = recorder_.spans();
        run_.ready = recorder_.ready_after();
        if (const auto cpu = recorder_.ready_cpu())
            run_.cpu_to_ready = cpu;
        if (!run_.exit)
            run_.exit = recorder_.exit_status();
        for (const std::string& warning : recorder_.warnings())
            run_.notices.push_back({"warning: " + warning, Fact::said("notice.warning", {name_, warning}), {}});
        run_.output = recorder_.output();
        BenchReport report = read_bench_report(run_.output);
        run_.work = std::move(report.work);
        run_.latency = std::move(report.latency);
        run_.error = std::move(error);
    }

    tl::unexpected<Error> failure(ErrorKind kind, const std::string& operation, std::string cause,
                                  std::string remedy) const {
        return fail(kind, operation + " " + workload_.id, "in " + title_, std::move(cause), std::move(remedy));
    }

    const std::string title_;
    const Fact name_; ///< of the world, in statements
    PreparedWorkload& deployment_;
    const Workload& workload_;
    SideFeed& feed_;
    const StopToken& stop_;
    RunResult& run_;
    RunRecorder recorder_;
    Nanoseconds t0_{0};
    std::optional<std::uint64_t> available_before_; ///< MemAvailable of the host
    std::unique_ptr<Instance> instance_;            ///< ends before the recorder that it reports to
    std::optional<MemorySampler> sampler_;
};

} // namespace

namespace {

struct Attempt {
    RunResult run;
    bool started = false;
};

Attempt attempt_run(const RunWorld& world, const Workload& workload, const RunLabel& label, SideFeed& feed,
                    const StopToken& stop) {
    Attempt attempt;
    RunResult& run = attempt.run;
    run.side = world.backend.side();
    run.index = label.index;
    run.warmup = label.warmup;
    run.mode = label.mode;
    run.marks = world.backend.marks();
    if (label.warmup)
        run.marks.emplace_back("warmup");
    if (label.mode == Mode::race)
        run.marks.emplace_back("race");
    feed.run_started(label.index, label.warmup);
    attempt.started = SingleRun(world, workload, feed, stop, run).perform();
    return attempt;
}

/// Whether a start failed since what it starts from was damaged, and is whole again now.
bool is_mended(const RunWorld& world, SideFeed& feed, const StopToken& stop, Attempt& attempt) {
    if (attempt.started || attempt.run.error->kind == ErrorKind::cancelled)
        return false;
    const auto mended = world.deployment.mend(feed.progress(), stop);
    if (!mended)
        attempt.run.error = mended.error();
    return mended.value_or(false);
}

} // namespace

RunResult perform_run(const RunWorld& world, const Workload& workload, const RunLabel& label, SideFeed& feed,
                      const StopToken& stop) {
    Attempt attempt = attempt_run(world, workload, label, feed, stop);
    if (is_mended(world, feed, stop, attempt)) {
        attempt = attempt_run(world, workload, label, feed, stop);
        std::ranges::copy(world.deployment.notices(), std::back_inserter(attempt.run.notices));
    }
    feed.run_finished(attempt.run);
    return std::move(attempt.run);
}

} // namespace isolab
