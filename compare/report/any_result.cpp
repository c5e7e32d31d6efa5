// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/report/any_result.h"

#include <iterator>

namespace isolab {
namespace {

void add_comparisons(const ExperimentResult& experiment, std::vector<ComparisonResult>& comparisons) {
    for (const CellResult& cell : experiment.cells)
        if (cell.comparison)
            comparisons.push_back(*cell.comparison);
}

} // namespace

Document document_of(const AnyResult& result, const Speech& speech) {
    if (const auto* comparison = std::get_if<ComparisonResult>(&result))
        return comparison_document(*comparison, speech);
    if (const auto* experiment = std::get_if<ExperimentResult>(&result))
        return experiment_document(*experiment, speech);
    return suite_document(std::get<SuiteResult>(result), speech);
}

Document joined_document(const std::vector<AnyResult>& results, const Speech& speech) {
    Document document = document_of(results.front(), speech);
    for (std::size_t i = 1; i < results.size(); ++i) {
        Document next = document_of(results[i], speech);
        document.blocks.insert(document.blocks.end(), std::make_move_iterator(next.blocks.begin()),
                               std::make_move_iterator(next.blocks.end()));
    }
    return document;
}

std::vector<ComparisonResult> comparisons_of(const std::vector<AnyResult>& results) {
    std::vector<ComparisonResult> comparisons;
    for (const AnyResult& result : results) {
        if (const auto* comparison = std::get_if<ComparisonResult>(&result))
            comparisons.push_back(*comparison);
        else if (const auto* experiment = std::get_if<ExperimentResult>(&result))
            add_comparisons(*experiment, comparisons);
        else
            for (const ExperimentResult& part : std::get<SuiteResult>(result).experiments)
                add_comparisons(part, comparisons);
    }
    return comparisons;
}

} // namespace isolab
