// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QCoreApplication>

#include "compare/model/comparison.h"
#include "gui/models/figure.h"

namespace isolab {

/// The first deployment: what was done once, before anything was started, and how long it took.
class Deployment {
    Q_DECLARE_TR_FUNCTIONS(Deployment)
  public:
    /// One row per step and side; empty when nothing was deployed. Steps found done already are named as such.
    static std::vector<FigureRow> rows(const ComparisonResult* result);
};

} // namespace isolab
