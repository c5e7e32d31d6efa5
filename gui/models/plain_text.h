// SPDX-License-Identifier: GPL-3.0-or-later
//
// Text that a workload, an image or a library wrote is shown as text, never as markup: Qt takes a string that looks
// like HTML for HTML, and HTML reads files.
#pragma once

#include <QString>

namespace isolab {

/// A tooltip that shows `text` letter by letter, its line breaks kept, long lines wrapped; empty for an empty text.
QString plain_tip(const QString& text);

/// At most `limit` characters, the end replaced by an ellipsis.
QString shortened(const QString& text, qsizetype limit);

/// A limit for errors, which may quote whole lines of other programs.
inline constexpr qsizetype longest_error = 300;

} // namespace isolab
