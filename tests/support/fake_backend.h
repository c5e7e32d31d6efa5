// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "compare/model/backend.h"

namespace isolab::test {

/// What an instance of a FakeBackend does. Times are milliseconds of real time.
struct FakeScript {
    std::string side = "container";
    std::vector<std::string> marks;
    std::vector<ContractRow> contract{{"image", "same"}};
    std::vector<Notice> notices;
    std::vector<Phase> phases{Phase::prepare, Phase::create, Phase::setup, Phase::exec};
    std::chrono::milliseconds phase_time{1};
    std::chrono::milliseconds step_time{1};      ///< before each piece of output, the probe and the exit
    std::vector<std::string> early_output;       ///< written before its start returns
    std::vector<std::string> output;             ///< pieces, written one after the other
    std::optional<std::string> warning;          ///< told before the output
    bool probe_ready = false;                    ///< the probe holds after the output
    std::optional<ExitStatus> exit;              ///< ends by itself with this after all that
    std::optional<ExitStatus> exits_after_first; ///< instead of `exit`, from the second start on
    bool lost = false;                           ///< instead of all that after the output it is gone, nobody knows why
    std::string last_words;                      ///< printed when it is asked to stop
    std::string late_output;                     ///< told after its exit
    std::string answer = "+PONG";                ///< to every exchange
    std::uint64_t memory = 10'000'000;           ///< headline, bytes
    std::uint64_t peak = 10'000'000;             ///< bytes
    bool killed = false;                         ///< it does not heed its stop signal
    std::optional<Error> memory_error;           ///< of the detailed question
    std::optional<Error> deploy_error;
    std::optional<Error> start_error;
    unsigned start_error_after = 0; ///< starts that work before start_error applies
    bool mendable = false;          ///< mend() makes something again, once
    bool mending_helps = true;      ///< after which start_error applies no more
    std::optional<Error> mend_error;
};

/// A world that follows a script, with a real thread for each instance. Counts what is started and what is left.
class FakeBackend final : public Backend {
  public:
    explicit FakeBackend(FakeScript script) : script_(std::move(script)), world_(world_of_id(script_.side)) {}

    const World& world() const noexcept override { return world_; }
    std::map<std::string, std::string> versions() const override { return {{"fake", "1"}}; }
    std::vector<std::string> marks() const override { return script_.marks; }
    Result<std::unique_ptr<PreparedWorkload>> deploy(const Workload& workload, ProgressSink& progress,
                                                     const StopToken& stop) override;

    unsigned mends() const noexcept { return mends_; }       ///< how often it was asked
    unsigned resolved() const noexcept { return resolved_; } ///< images that were looked up
    unsigned started() const noexcept { return started_; }
    int alive() const noexcept { return alive_; } ///< instances that exist now

  private:
    friend class FakeDeployment;
    Result<std::unique_ptr<Instance>> start(InstanceObserver& observer, const StopToken& stop);
    Result<bool> mend(ProgressSink& progress);

    FakeScript script_;
    World world_;
    std::atomic<unsigned> resolved_{0};
    std::atomic<unsigned> started_{0};
    std::atomic<unsigned> mends_{0};
    std::atomic<int> alive_{0};
};

} // namespace isolab::test
