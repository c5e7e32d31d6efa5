// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/book.h"

#include <algorithm>

#include "gui/models/figure.h"
#include "gui/models/side_view.h"

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
     QT_TRANSLATE_NOOP("Book", "some to tens of GB / tens to hundreds of MB"), "disk.unique"},
};

const MetricSummary* metric(const ExperimentResult& result, World world, std::string_view id) {
    for (const SideResult& side : result.sides)
        if (side.side == side_id(world))
            for (const MetricSummary& summary : side.metrics)
                if (summary.id == id)
                    return &summary;
    return nullptr;
}

void fill(BookRow& row, const ExperimentResult& result, std::string_view id) {
    const auto ratio = std::ranges::find(result.ratios, id, &MetricRatio::id);
    const MetricSummary* container = metric(result, World::container, id);
    const MetricSummary* vm = metric(result, World::vm, id);
    if (ratio == result.ratios.end() || container == nullptr || vm == nullptr)
        return;
    row.measured = ratio_figure(ratio->summary.ratio).text();
    row.interval = ratio_interval(ratio->summary.low, ratio->summary.high);
    row.distinguishable = ratio->summary.distinguishable;
    const QString medians = Book::tr("Virtual machine %1, container %2 (medians of %3 and %4 runs).")
                                .arg(metric_figure(vm->summary.median, vm->unit).text(),
                                     metric_figure(container->summary.median, container->unit).text())
                                .arg(vm->summary.n)
                                .arg(container->summary.n);
    row.detail = medians + u' ' +
                 (row.distinguishable ? Book::tr("The difference is distinguishable (permutation test, p = %1).")
                                            .arg(QString::number(ratio->summary.p_value, 'g', 2))
                                      : Book::tr("Not distinguishable with these runs (permutation test, p = %1).")
                                            .arg(QString::number(ratio->summary.p_value, 'g', 2)));
}

/// "Depends on a like kernel": what each side really ran on.
BookRow kernel_row(const ExperimentResult* result) {
    BookRow row{Book::tr("Kernel"), Book::tr("any / like the host's"), {}, {}, {}, true};
    if (result == nullptr)
        return row;
    const auto entry = std::ranges::find(result->contract, "kernel", &ContractEntry::key);
    if (entry == result->contract.end() || entry->values.size() < 2)
        return row;
    row.measured = entry->differs ? Book::tr("own") : Book::tr("same release");
    row.detail =
        Book::tr("Virtual machine: %1. Container: %2, the host's.")
            .arg(QString::fromStdString(entry->values.at("vm")), QString::fromStdString(entry->values.at("container")));
    return row;
}

} // namespace

std::vector<BookRow> Book::rows(const ExperimentResult* result) {
    std::vector<BookRow> rows;
    for (const Claim& claim : claims) {
        BookRow row{tr(claim.subject), tr(claim.words), {}, {}, {}, true};
        if (result != nullptr)
            fill(row, *result, claim.metric);
        rows.push_back(std::move(row));
    }
    rows.push_back(kernel_row(result));
    return rows;
}

} // namespace isolab
