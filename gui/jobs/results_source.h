// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "compare/history/history.h"

namespace isolab {

/// The history as the window sees it. Blocks; called from the thread beside the one that measures.
class ResultsSource {
  public:
    virtual ~ResultsSource() = default;
    virtual Result<std::vector<HistoryEntry>> list(const HistoryFilter& filter) = 0; ///< newest first
};

} // namespace isolab
