// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/live_experiment.h"

namespace isolab {

void append_bounded(std::string& text, std::string_view more, std::size_t limit) {
    text += more;
    if (text.size() <= limit)
        return;
    const std::size_t surplus = text.size() - limit;
    const std::size_t line = text.find('\n', surplus);
    text.erase(0, line == std::string::npos || line + 1 == text.size() ? surplus : line + 1);
}

} // namespace isolab
