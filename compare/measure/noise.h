// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a machine does to times by itself: it is watched while nothing is measured.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "compare/model/fact.h"
#include "engine/base/error.h"
#include "engine/base/json_fwd.h"
#include "engine/base/progress.h"
#include "engine/base/stop.h"

namespace isolab {

/// How long one thing took, done again and again; ns.
struct NoiseFigure {
    std::string id; ///< "work", "sleep", "start", "write": statement noise.`id` says what was done
    std::size_t n = 0;
    double median = 0;
    double p99 = 0;
    double most = 0;
    double spread = 0; ///< 1.4826 MAD over the median: a standard deviation that a few outliers do not change
};

struct NoiseReport {
    double seconds = 0; ///< how long the machine was watched
    std::vector<NoiseFigure> figures;
    double lost_work = 0;                ///< share of the time of "work" beyond what its fastest piece takes, 0..1
    std::optional<double> foreign_cpu;   ///< share of all processors that others used meanwhile, 0..1
    std::optional<double> stolen_cpu;    ///< of it what a host below this one took ("steal"), 0..1
    std::optional<double> memory_return; ///< how many times longer memory takes that was free for seconds than what was
                                         ///< free for an instant: above one where a host below takes it back
    const NoiseFigure* find(const std::string& id) const noexcept;
};

/// Watches for about eight seconds: pieces of work of a millisecond (the fixed work quantum test of Livermore), sleeps
/// of a millisecond (how late they wake, as cyclictest asks), starts of a program, flushed writes into `folder`, and
/// memory that was free for a while. Blocks; any thread. cancelled, or system where the folder cannot be written.
Result<NoiseReport> watch_noise(const std::filesystem::path& folder, ProgressSink& progress, const StopToken& stop);

/// The smallest relative difference of two medians of `runs` starts each that can be told from none, 95 %: the standard
/// error of a median is 1.2533 sigma / sqrt(n) (of normal values; Kendall & Stuart, The Advanced Theory of Statistics,
/// vol. 1, 10.10). Empty without figures of starts. Pure.
std::optional<double> smallest_difference(const NoiseReport& report, unsigned runs);

/// What of it spoils measurements, and what to do. Pure.
std::vector<Notice> judge_noise(const NoiseReport& report);

/// Schema isolab.noise/1.
Json noise_json(const NoiseReport& report);

} // namespace isolab
