// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/clock.h"

namespace isolab {

/// RFC 3339 in UTC with nine digits of a second, as Docker writes times: "2026-11-26T07:20:31.000000042Z".
/// `since_epoch` as realtime_now(). Pure.
std::string utc_text(Nanoseconds since_epoch);

/// The inverse, also for fewer digits, none, and an offset as "+01:00"; empty for anything else. Pure.
std::optional<Nanoseconds> parse_utc_text(std::string_view text);

} // namespace isolab
