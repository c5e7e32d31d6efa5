// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/live_comparison.h"

#include <algorithm>

#include "compare/model/world.h"

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

const LiveSide& LiveComparison::side(const std::string& world) const {
    static const LiveSide waiting;
    const auto found = sides.find(world);
    return found != sides.end() ? found->second : waiting;
}

Phase next_phase(const std::string& world, const std::vector<PhaseSpan>& phases) {
    const std::vector<Phase> possible = world_of_id(world).phases;
    if (phases.empty())
        return possible.front();
    const auto next = std::ranges::upper_bound(possible, phases.back().phase);
    return next != possible.end() ? *next : possible.back();
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
