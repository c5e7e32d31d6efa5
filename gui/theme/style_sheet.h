// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "gui/theme/colours.h"

namespace isolab {

/// Style sheet of the controls (fields, buttons, tables, menus). Painted widgets take their colours from the theme.
/// `scale` 1.0 is 100 %. Pure.
QString style_sheet(const Colours& colours, double scale);

} // namespace isolab
