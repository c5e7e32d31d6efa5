// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QString>

#include "compare/model/comparison.h"

namespace isolab {

/// One line of "the book says · measured here".
struct ClaimRow {
    QString subject;  ///< "Start"
    QString claim;    ///< textbook, machine / container: "minutes / seconds"
    QString measured; ///< "120 ×"; empty: not measured yet
    QString mark;     ///< "TCG" when the machine was emulated
    QString interval; ///< "113 – 128"
    QString doubt;    ///< "too few runs yet", "not distinguishable"; empty: the difference is certain
    QString detail;   ///< both medians and what the test says
    bool operator==(const ClaimRow&) const = default;
};

class Book {
  public:
    /// The claims alone when `result` is null; a claim that this result has no figure for keeps its measured column
    /// empty.
    static std::vector<ClaimRow> rows(const ComparisonResult* result);
};

} // namespace isolab
