// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_backend.h"

#include <thread>

namespace isolab::test {
namespace {

class FakeInstance final : public Instance {
  public:
    FakeInstance(const FakeScript& script, InstanceObserver& observer, std::atomic<int>& alive)
        : script_(script), observer_(observer), alive_(alive), thread_([this] { play(); }) {
        ++alive_;
    }
    ~FakeInstance() override {
        end();
        --alive_;
    }

    Result<InstanceExit> wait(const StopToken& stop, std::optional<std::chrono::nanoseconds> timeout) override {
        const Nanoseconds limit = monotonic_now() + timeout.value_or(std::chrono::hours(1));
        while (!over_) {
            ISOLAB_TRY(stop.check("wait"));
            if (monotonic_now() > limit)
                return fail(ErrorKind::timeout, "wait for", "fake", "it still runs");
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return ending();
    }
    Result<InstanceExit> stop(std::chrono::nanoseconds) override {
        end();
        return ending();
    }
    Result<MemorySample> memory(bool detailed) override {
        if (detailed && script_.memory_error)
            return fail(*script_.memory_error);
        memory_was_asked_ = memory_was_asked_ || detailed;
        MemorySample sample{monotonic_now(), script_.memory, {}};
        if (detailed)
            sample.rows.push_back({"workload_anonymous", "workload", script_.memory, "script", true});
        return sample;
    }
    Result<DiskUse> disk() override { return DiskUse{300, 200, 150, 50}; }
    /// Asking for memory costs time.
    Result<Nanoseconds> cpu() override { return std::chrono::milliseconds(memory_was_asked_ ? 2 : 1); }
    Result<std::string> exchange(const Exchange&, std::chrono::milliseconds) override { return script_.answer; }

  private:
    bool pause() { return asked_.token().wait_for(script_.step_time); }
    void play() {
        if (script_.warning)
            observer_.on_warning(*script_.warning);
        for (const std::string& piece : script_.output) {
            if (pause())
                break;
            observer_.on_output(OutputStream::out, piece, monotonic_now());
        }
        if (script_.lost) {
            observer_.on_lost(monotonic_now());
            over_ = true;
            return;
        }
        if (script_.probe_ready && !pause())
            observer_.on_probe_ready(monotonic_now(), std::chrono::milliseconds(1));
        if (!script_.exit)
            (void)asked_.token().wait_for(std::chrono::minutes(5));
        else
            (void)pause();
        if (!asked_.stop_requested())
            status_ = *script_.exit;
        else if (!script_.last_words.empty())
            observer_.on_output(OutputStream::out, script_.last_words, monotonic_now());
        exited_at_ = monotonic_now();
        observer_.on_exit(status_, exited_at_, std::chrono::milliseconds(2));
        if (!script_.late_output.empty())
            observer_.on_output(OutputStream::out, script_.late_output, monotonic_now());
        gone_at_ = monotonic_now();
        over_ = true;
    }
    void end() {
        asked_.request_stop();
        if (thread_.joinable())
            thread_.join();
    }
    Result<InstanceExit> ending() const {
        if (script_.lost)
            return fail(ErrorKind::system, "run", "fake", "its monitor was killed");
        return InstanceExit{status_, exited_at_, gone_at_, std::chrono::milliseconds(3), script_.peak, script_.killed};
    }

    const FakeScript script_;
    InstanceObserver& observer_;
    std::atomic<int>& alive_;
    StopSource asked_;
    ExitStatus status_{143, 15, false};
    Nanoseconds exited_at_{0};
    Nanoseconds gone_at_{0};
    std::atomic<bool> over_{false};
    std::atomic<bool> memory_was_asked_{false};
    std::thread thread_;
};

} // namespace

class FakeDeployment final : public PreparedWorkload {
  public:
    explicit FakeDeployment(FakeBackend& owner) : owner_(owner) {}
    const std::vector<DeploymentStep>& steps() const noexcept override { return steps_; }
    std::vector<ContractRow> contract() const override { return owner_.script_.contract; }
    std::vector<Notice> notices() const override { return owner_.script_.notices; }
    Result<std::unique_ptr<Instance>> start(InstanceObserver& observer, const StopToken& stop) override {
        return owner_.start(observer, stop);
    }
    Result<bool> mend(ProgressSink& progress, const StopToken&) override { return owner_.mend(progress); }

  private:
    FakeBackend& owner_;
    const std::vector<DeploymentStep> steps_{{"unpack-layers", "unpack layers", std::chrono::milliseconds(1), true}};
};

Result<std::unique_ptr<PreparedWorkload>> FakeBackend::deploy(const Workload&, ProgressSink&, const StopToken& stop) {
    ISOLAB_TRY(stop.check("deploy"));
    if (script_.deploy_error)
        return fail(*script_.deploy_error);
    ++resolved_;
    return std::make_unique<FakeDeployment>(*this);
}

Result<bool> FakeBackend::mend(ProgressSink& progress) {
    const bool first = ++mends_ == 1;
    if (script_.mend_error)
        return fail(*script_.mend_error);
    if (first && script_.mendable)
        progress.report({"mend", script_.side, 1, 1, false});
    return first && script_.mendable;
}

Result<std::unique_ptr<Instance>> FakeBackend::start(InstanceObserver& observer, const StopToken& stop) {
    ISOLAB_TRY(stop.check("start"));
    const bool mended = mends_ > 0 && script_.mendable && script_.mending_helps;
    if (script_.start_error && started_ >= script_.start_error_after && !mended)
        return fail(*script_.start_error);
    ++started_;
    Nanoseconds cpu{0};
    for (const Phase phase : script_.phases) {
        std::this_thread::sleep_for(script_.phase_time);
        cpu += std::chrono::microseconds(100);
        observer.on_mark({phase, monotonic_now(), cpu});
    }
    for (const std::string& piece : script_.early_output)
        observer.on_output(OutputStream::out, piece, monotonic_now());
    FakeScript script = script_;
    if (started_ > 1 && script.exits_after_first)
        script.exit = script.exits_after_first;
    return std::make_unique<FakeInstance>(script, observer, alive_);
}

} // namespace isolab::test
