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

bool is_name(const std::string& name) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    return !name.empty() && name.size() <= longest_name && std::ranges::all_of(name, is_letter);
}

void take_result(const Json& result, std::map<std::string, double>& work) {
    if (!result.is_object() || !result.contains("kernel") || !result["kernel"].is_string() ||
        !result.contains("ops_per_second") || !result["ops_per_second"].is_number())
        return;
    const auto name = result["kernel"].get<std::string>();
    const auto rate = result["ops_per_second"].get<double>();
    if (is_name(name) && std::isfinite(rate) && rate > 0 && work.size() < most_kernels)
        work[name] = rate;
}

} // namespace

std::map<std::string, double> work_of(std::string_view output) {
    std::map<std::string, double> work;
    if (!output.starts_with('{'))
        return work;
    const auto document = parse_json(output, "output");
    if (!document || !document->contains("schema") || (*document)["schema"] != bench_schema ||
        !document->contains("results") || !(*document)["results"].is_array())
        return work;
    for (const Json& result : (*document)["results"])
        take_result(result, work);
    return work;
}

} // namespace isolab
