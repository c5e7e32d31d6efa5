// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <QString>

namespace isolab {

/// "2026-11-24 21:54" of a time in ISO 8601, as the clock here has it; what is none is left as it is. For any thread.
QString local_time(const std::string& iso);

} // namespace isolab
