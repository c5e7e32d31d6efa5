// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace isolab {

/// Installs the translation that fits a locale name ("zh_CN") for the life of the application. True when there is one;
/// otherwise the program speaks English.
bool install_language(const QString& locale_name);

} // namespace isolab
