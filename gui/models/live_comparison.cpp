// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/live_comparison.h"

#include <algorithm>

namespace isolab {
namespace {

/// The first place from `at` on where a UTF-8 character begins (RFC 3629: later bytes are 10xxxxxx).
std::size_t character_start(const std::string& text, std::size_t at) {
    const std::size_t most = std::min(text.size(), at + 3); // longer runs of such bytes are no UTF-8
    while (at < most && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U)
        ++at;
    return at;
}

} // namespace

Phase next_phase(ShownWorld world, const std::vector<PhaseSpan>& phases) {
    if (phases.empty())
        return Phase::prepare;
    const auto next = static_cast<Phase>(std::min(static_cast<std::size_t>(phases.back().phase) + 1, phase_count - 1));
    const bool foreign = next == Phase::firmware || next == Phase::kernel;
    return world == ShownWorld::container && foreign ? Phase::setup : next;
}

void append_bounded(std::string& text, std::string_view more, std::size_t limit) {
    text += more;
    if (text.size() <= limit)
        return;
    const std::size_t surplus = text.size() - limit;
    const std::size_t line = text.find('\n', surplus);
    text.erase(0, line == std::string::npos || line + 1 == text.size() ? character_start(text, surplus) : line + 1);
}

} // namespace isolab
