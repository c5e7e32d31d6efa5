// SPDX-License-Identifier: GPL-3.0-or-later
//
// Documents on paper: A4, in print's colours, pictures as vectors, text that can be selected.
#pragma once

#include <QByteArray>
#include <QString>

#include "compare/report/document.h"
#include "engine/base/error.h"

namespace isolab {

/// A document as a PDF. Rows, figures and headings with what follows them stay whole where a page can hold them; heads
/// of tables are repeated; whatever the texts say is text and never markup. Needs a QGuiApplication of any platform and
/// may be called in any thread. unavailable when there is no font for the document's language.
Result<QByteArray> pdf_of(const Document& document);

/// The same in a file, which is replaced in one step: it is there whole or, after an error, as it was before.
Result<void> write_pdf(const Document& document, const QString& file);

} // namespace isolab
