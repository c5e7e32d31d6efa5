// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/book.h"

#include "compare/textbook/finding.h"
#include "gui/models/figure.h"
#include "gui/models/words.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

ClaimRow row_of(const Claim& claim) {
    return {Words::fact(claim.subject), Words::fact(claim.words), {}, {}, {}, {}, {}};
}

ClaimRow row_of(const Finding& finding) {
    ClaimRow row = row_of(*finding.claim);
    row.measured = Words::fact(finding.measured);
    row.doubt = Words::fact(finding.doubt);
    if (finding.ratio) {
        row.mark = finding.emulated ? u"TCG"_s : QString();
        row.interval = finding.runs > 1 ? ratio_interval(finding.ratio->low, finding.ratio->high) : QString();
    }
    QStringList sentences;
    for (const Fact& detail : finding.details)
        sentences << Words::fact(detail);
    row.detail = sentences.join(u' ');
    return row;
}

} // namespace

std::vector<ClaimRow> Book::rows(const ComparisonResult* result) {
    std::vector<ClaimRow> rows;
    if (result != nullptr)
        for (const Finding& finding : textbook_findings(*result))
            rows.push_back(row_of(finding));
    else
        for (const Claim& claim : textbook_claims())
            rows.push_back(row_of(claim));
    return rows;
}

} // namespace isolab
