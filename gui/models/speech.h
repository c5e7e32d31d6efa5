// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compare/report/document.h"

namespace isolab {

/// Documents speak as the window does. Its function may be called from any thread.
Speech window_speech();

} // namespace isolab
