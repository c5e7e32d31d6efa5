// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/measure/bench_output.h"

#include <algorithm>
#include <cmath>

#include "engine/base/json.h"

namespace isolab {
namespace {

constexpr const char* bench_schema = "isolab.bench/1";
constexpr std::size_t most_kernels = 32;
constexpr std::size_t longest_name = 32;
constexpr std::size_t most_quantiles = 8;

bool is_name(const std::string& name) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    return !name.empty() && name.size() <= longest_name && std::ranges::all_of(name, is_letter);
}

bool is_figure(const Json& value) {
    return value.is_number() && std::isfinite(value.get<double>()) && value.get<double>() > 0;
}

void take_latency(const std::string& kernel, const Json& quantiles, std::map<std::string, double>& latency) {
    if (!quantiles.is_object() || quantiles.size() > most_quantiles)
        return;
    for (const auto& [quantile, value] : quantiles.items())
        if (is_name(quantile) && is_figure(value))
            latency[kernel + "." + quantile] = value.get<double>();
}

void take_result(const Json& result, BenchReport& report) {
    if (!result.is_object() || !result.contains("kernel") || !result["kernel"].is_string() ||
        !result.contains("ops_per_second") || !is_figure(result["ops_per_second"]))
        return;
    const auto name = result["kernel"].get<std::string>();
    if (!is_name(name) || report.work.size() >= most_kernels)
        return;
    report.work[name] = result["ops_per_second"].get<double>();
    if (result.contains("latency_ns"))
        take_latency(name, result["latency_ns"], report.latency);
}

} // namespace

BenchReport read_bench_report(std::string_view output) {
    BenchReport report;
    if (!output.starts_with('{'))
        return report;
    const auto document = parse_json(output, "output");
    if (!document || !document->contains("schema") || (*document)["schema"] != bench_schema ||
        !document->contains("results") || !(*document)["results"].is_array())
        return report;
    for (const Json& result : (*document)["results"])
        take_result(result, report);
    return report;
}

} // namespace isolab
