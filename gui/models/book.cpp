// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/book.h"

#include <algorithm>

#include "gui/models/figure.h"
#include "gui/models/ratio.h"
#include "gui/models/side_view.h"
#include "gui/models/words.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

struct Claim {
    const char* subject;
    const char* words;
    const char* metric;
};

constexpr Claim claims[] = {
    {QT_TRANSLATE_NOOP("Book", "Start"), QT_TRANSLATE_NOOP("Book", "minutes / seconds"), "ready"},
    {QT_TRANSLATE_NOOP("Book", "Memory"), QT_TRANSLATE_NOOP("Book", "very much / very little"), "memory"},
    {QT_TRANSLATE_NOOP("Book", "CPU to ready"), QT_TRANSLATE_NOOP("Book", "very much / very little"), "cpu_to_ready"},
    {QT_TRANSLATE_NOOP("Book", "Disk, unique"),
     QT_TRANSLATE_NOOP("Book", "a few to tens of GB / tens to hundreds of MB"), "disk.unique"},
};

/// With 3 runs of each side, two samples that do not overlap at all give p = 2/20: no test can be certain.
constexpr std::size_t enough_runs = 4;

QString doubt_about(const RatioSummary& ratio, std::size_t runs) {
    return runs < enough_runs      ? Book::tr("too few runs yet")
           : ratio.distinguishable ? QString()
                                   : Book::tr("not distinguishable");
}

QString verdict(const RatioSummary& ratio, std::size_t runs) {
    const QString p = QString::number(ratio.p_value, 'g', 2);
    if (runs < enough_runs)
        return Book::tr("With fewer than %1 runs per side no difference can be called certain.").arg(enough_runs);
    return ratio.distinguishable ? Book::tr("The difference is distinguishable (permutation test, p = %1).").arg(p)
                                 : Book::tr("Not distinguishable with these runs (permutation test, p = %1).").arg(p);
}

void fill(BookRow& row, const ExperimentResult& result, const char* id) {
    const auto ratio = machine_over_container(result, id);
    const MetricSummary* container = result.find_metric(side_id(ShownWorld::container), id);
    const MetricSummary* vm = result.find_metric(side_id(ShownWorld::vm), id);
    if (!ratio || container == nullptr || vm == nullptr)
        return;
    const std::size_t runs = std::min(container->summary.n, vm->summary.n);
    row.measured = ratio_figure(ratio->ratio).text();
    row.mark = machine_is_emulated(result) ? u"TCG"_s : QString();
    row.interval = runs > 1 ? ratio_interval(ratio->low, ratio->high) : QString();
    row.doubt = doubt_about(*ratio, runs);
    row.detail = Book::tr("Virtual machine %1, container %2 (medians of %3 and %4 runs).")
                     .arg(metric_figure(vm->summary.median, vm->unit).text(),
                          metric_figure(container->summary.median, container->unit).text())
                     .arg(vm->summary.n)
                     .arg(container->summary.n) +
                 u' ' + verdict(*ratio, runs);
}

/// "Depends on a like kernel": what each side really ran on.
BookRow kernel_row(const ExperimentResult* result) {
    BookRow row{Book::tr("Kernel"), Book::tr("any / like the host's"), {}, {}, {}, {}, {}};
    if (result == nullptr)
        return row;
    const auto entry = std::ranges::find(result->contract, "kernel", &ContractEntry::key);
    if (entry == result->contract.end() || !entry->values.contains("vm") || !entry->values.contains("container"))
        return row;
    row.measured = entry->differs ? Book::tr("own") : Book::tr("same release");
    row.detail = Book::tr("Virtual machine: %1. Container: %2, the host's.")
                     .arg(Words::fact(entry->values.at("vm")), Words::fact(entry->values.at("container")));
    return row;
}

} // namespace

std::vector<BookRow> Book::rows(const ExperimentResult* result) {
    std::vector<BookRow> rows;
    for (const Claim& claim : claims) {
        BookRow row{tr(claim.subject), tr(claim.words), {}, {}, {}, {}, {}};
        if (result != nullptr)
            fill(row, *result, claim.metric);
        rows.push_back(std::move(row));
    }
    rows.push_back(kernel_row(result));
    return rows;
}

} // namespace isolab
