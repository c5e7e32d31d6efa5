// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/measure/overhead.h"

#include <unistd.h>

#include "compare/measure/run_recorder.h"
#include "compare/model/runner_observer.h"
#include "compare/statistics/statistics.h"
#include "engine/base/json.h"
#include "engine/base/process_memory.h"

namespace isolab {
namespace {

template <class Work> double median_cost(unsigned repetitions, Work&& work) {
    std::vector<double> costs;
    costs.reserve(repetitions);
    for (unsigned i = 0; i < repetitions; ++i) {
        const Nanoseconds begin = monotonic_now();
        work();
        costs.push_back(static_cast<double>((monotonic_now() - begin).count()));
    }
    return quantile(std::move(costs), 0.5);
}

} // namespace

Json measure_overhead() {
    RunnerObserver nobody;
    SideFeed feed(nobody, "");
    RunRecorder recorder(Readiness{}, feed);
    recorder.begin(monotonic_now());
    const double mark = median_cost(300, [&] { recorder.on_mark({Phase::prepare, monotonic_now(), std::nullopt}); });
    const double sample = median_cost(10, [] { (void)read_process_memory(::getpid()); });
    return {{"mark_ns", mark}, {"memory_sample_ns", sample}};
}

} // namespace isolab
