// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace isolab {

/// What a workload measured itself.
struct BenchReport {
    std::map<std::string, double> work;    ///< operations per second by kernel
    std::map<std::string, double> latency; ///< of single operations, ns, by kernel and quantile: "requests.p99"
};

/// What a run printed, when that is one document of schema isolab.bench/1 (see resources/README.md) and nothing else;
/// otherwise empty. The output may be hostile: names are short words, figures are finite and above 0, or they are left
/// out. Pure.
BenchReport read_bench_report(std::string_view output);

} // namespace isolab
