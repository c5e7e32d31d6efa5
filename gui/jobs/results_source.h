// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "compare/history/history.h"

namespace isolab {

/// The history as the window sees it. Blocks; called from the thread beside the one that measures. What each does is
/// told by compare/history/history.h.
class ResultsSource {
  public:
    virtual ~ResultsSource() = default;
    virtual Result<std::vector<HistoryEntry>> list(const HistoryFilter& filter) = 0; ///< newest first
    virtual Result<AnyResult> load_any(const std::string& id) = 0;
    virtual Result<void> change_tags(const std::string& id, const std::vector<std::string>& added,
                                     const std::vector<std::string>& removed) = 0;
    virtual Result<void> set_note(const std::string& id, const std::string& note) = 0;
    virtual Result<void> remove_all(const std::vector<std::string>& ids) = 0; ///< with their parts
    /// As another history takes it in. `is_private`: without what tells this machine and its user from all others.
    virtual Result<PortableResult> portable(const std::string& id, bool is_private) = 0;
    virtual Result<std::vector<ImportOutcome>> import_results(const std::vector<PortableResult>& results) = 0;
};

} // namespace isolab
