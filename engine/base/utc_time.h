// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/clock.h"

namespace isolab {

/// RFC 3339 in UTC. Nine digits of a second, as Docker and OCI documents have it: "2026-11-26T07:20:31.000000042Z";
/// fewer are cut off, not rounded, and with 0 goes the point: "2026-11-26T07:20:31Z". `since_epoch` as realtime_now().
///
/// All functions here are pure, for any thread, and, unlike gmtime_r(3), never read the file of the time zone.
std::string utc_text(Nanoseconds since_epoch, int digits = 9);

/// The same time to the second, fit for names of files and sorted as they were made: "20261126-072031".
std::string utc_stamp(Nanoseconds since_epoch);

/// The inverse of utc_text(), for any number of digits, and also for an offset as "+01:00"; empty for anything else.
std::optional<Nanoseconds> parse_utc_text(std::string_view text);

} // namespace isolab
