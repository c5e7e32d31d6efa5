// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/run/standing_instance.h"

#include <fmt/format.h>

#include "engine/base/clock.h"
#include "engine/base/text.h"

namespace isolab {

StandingInstance::StandingInstance(const Backend& backend, const Workload& workload)
    : feed_(nobody_, backend.side()), recorder_(workload.readiness, feed_) {}

StandingInstance::~StandingInstance() = default;

Result<std::unique_ptr<StandingInstance>> StandingInstance::start(Backend& backend, PreparedWorkload& deployment,
                                                                  const Workload& workload, const StopToken& stop) {
    std::unique_ptr<StandingInstance> standing(new StandingInstance(backend, workload));
    standing->t0_ = monotonic_now();
    standing->recorder_.begin(standing->t0_);
    ISOLAB_ASSIGN(standing->instance_, deployment.start(standing->recorder_, stop));
    if (auto ready = standing->become_ready(workload, stop); !ready)
        return fail(ready.error().within("start", fmt::format("{} in {}", workload.id, backend.title())));
    return standing;
}

Result<void> StandingInstance::become_ready(const Workload& workload, const StopToken& stop) {
    using Outcome = RunRecorder::Outcome;
    const auto outcome = recorder_.wait_ready(t0_ + workload.deadline, stop);
    if (outcome == Outcome::stopped)
        return stop.check("wait until " + workload.id + " is ready");
    if (outcome == Outcome::ready) {
        ready_after_ = recorder_.ready_after().value_or(monotonic_now() - t0_);
        return {};
    }
    const std::string line = plain_text(recorder_.last_line(), longest_quote);
    return fail(outcome == Outcome::deadline ? ErrorKind::timeout : ErrorKind::system, "wait for",
                workload.readiness.text(),
                fmt::format("{}; {}", outcome == Outcome::deadline ? "it did not hold in time" : "it ended before",
                            line.empty() ? "it printed nothing" : fmt::format("its last line was \"{}\"", line)));
}

} // namespace isolab
