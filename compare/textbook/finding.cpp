// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/textbook/finding.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace isolab {
namespace {

Fact count(std::size_t number) { return Fact::quantity(static_cast<double>(number), "count"); }

Fact name_of(const ComparisonResult& result, const std::string& id) {
    const SideResult* side = result.find_side(id);
    return world_name(id, side != nullptr ? side->title : id);
}

bool is_emulated(const ComparisonResult& result, const std::string& id) {
    const SideResult* side = result.find_side(id);
    return side != nullptr && std::ranges::find(side->marks, "tcg") != side->marks.end();
}

Fact doubt_about(const RatioSummary& ratio, std::size_t runs) {
    return runs < enough_runs      ? Fact::said("doubt.few_runs")
           : ratio.distinguishable ? Fact()
                                   : Fact::said("doubt.not_distinguishable");
}

Fact verdict(const RatioSummary& ratio, std::size_t runs) {
    if (runs < enough_runs)
        return Fact::said("notice.few_runs", {count(enough_runs)});
    return Fact::said(ratio.distinguishable ? "verdict.distinguishable" : "verdict.not_distinguishable",
                      {fmt::format("{:.2g}", ratio.p_value)});
}

/// How a figure stands to what the book says of that world.
Fact against_book(const Fact& world, const MetricSummary& metric, const BookRange& book) {
    const double figure = metric.summary.median;
    const char* id = figure < book.low ? "verdict.below" : figure > book.high ? "verdict.above" : "verdict.within";
    return Fact::said(id, {world, Fact::quantity(figure, metric.unit)});
}

void find_ratio(Finding& finding, const ComparisonResult& result, const RatioPair& pair) {
    const Claim& claim = *finding.claim;
    const auto ratio = ratio_of(result, claim.metric, pair);
    const MetricSummary* machine = result.find_metric(pair.of, claim.metric);
    const MetricSummary* container = result.find_metric(pair.to, claim.metric);
    if (!ratio || machine == nullptr || container == nullptr)
        return;
    finding.ratio = ratio;
    finding.runs = std::min(machine->summary.n, container->summary.n);
    finding.measured = Fact::quantity(ratio->ratio, "ratio");
    finding.doubt = doubt_about(*ratio, finding.runs);
    const Fact of = name_of(result, pair.of);
    const Fact to = name_of(result, pair.to);
    finding.details = {Fact::said("verdict.medians", {of, Fact::quantity(machine->summary.median, machine->unit), to,
                                                      Fact::quantity(container->summary.median, container->unit),
                                                      count(machine->summary.n), count(container->summary.n)}),
                       verdict(*ratio, finding.runs)};
    if (claim.machine)
        finding.details.push_back(against_book(of, *machine, *claim.machine));
    if (claim.container)
        finding.details.push_back(against_book(to, *container, *claim.container));
}

/// What was done once before the first run, without what was there already; empty when all of it was.
std::optional<double> deployment_time(const ComparisonResult& result, const std::string& id) {
    const SideResult* side = result.find_side(id);
    if (side == nullptr || side->error)
        return std::nullopt;
    double sum = 0;
    bool any = false;
    for (const DeploymentStep& step : side->deployment) {
        if (step.id == "open-hypervisor") // of the program, not of the image
            continue;
        any = any || !step.cached;
        sum += step.cached ? 0 : static_cast<double>(step.duration.count());
    }
    return any ? std::optional(sum) : std::nullopt;
}

void find_deployment(Finding& finding, const ComparisonResult& result, const RatioPair& pair) {
    const auto machine = deployment_time(result, pair.of);
    const auto container = deployment_time(result, pair.to);
    finding.details = {Fact::said("deployment.once")}; // also why there is no figure
    if (!machine && !container)
        return;
    const auto text = [](const std::optional<double>& time) {
        return time ? Fact::quantity(*time, "ns") : Fact::said("deployment.there");
    };
    finding.measured = Fact::said("deployment.first", {text(machine), text(container)});
}

void find_kernel(Finding& finding, const ComparisonResult& result, const RatioPair& pair) {
    const auto entry = std::ranges::find(result.contract, "kernel", &ContractEntry::key);
    if (entry == result.contract.end() || !entry->values.contains(pair.of) || !entry->values.contains(pair.to))
        return;
    const Fact& of = entry->values.at(pair.of);
    const Fact& to = entry->values.at(pair.to);
    finding.measured = Fact::said(of == to ? "kernel.same" : "kernel.own");
    finding.details = {Fact::said("kernel.both", {of, to})};
}

} // namespace

std::optional<RatioSummary> ratio_of(const ComparisonResult& result, const std::string& metric, const RatioPair& pair) {
    if (const MetricRatio* found = result.find_ratio(metric, pair))
        return found->summary;
    const MetricRatio* found = result.find_ratio(metric, {pair.to, pair.of});
    if (found == nullptr || found->summary.ratio <= 0 || found->summary.low <= 0 || found->summary.high <= 0)
        return std::nullopt;
    RatioSummary ratio = found->summary;
    ratio.ratio = 1 / ratio.ratio;
    ratio.low = 1 / ratio.low;
    ratio.high = 1 / ratio.high;
    std::swap(ratio.low, ratio.high);
    return ratio;
}

std::vector<Finding> textbook_findings(const ComparisonResult& result) {
    const std::optional<RatioPair> pair = machine_over_container(result.plan);
    std::vector<Finding> findings;
    for (const Claim& claim : textbook_claims()) {
        Finding finding;
        finding.claim = &claim;
        if (pair) {
            finding.emulated = is_emulated(result, pair->of);
            if (claim.id == "deployment")
                find_deployment(finding, result, *pair);
            else if (claim.id == "kernel")
                find_kernel(finding, result, *pair);
            else
                find_ratio(finding, result, *pair);
        }
        findings.push_back(std::move(finding));
    }
    return findings;
}

} // namespace isolab
