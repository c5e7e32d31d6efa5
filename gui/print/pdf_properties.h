// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace isolab {

/// A PDF with author and language (BCP 47) among its properties, which QPdfWriter of Qt 6.4 cannot set: an incremental
/// update (ISO 32000-1, 7.5.6) with the catalogue and the information dictionary written again. As it was when it is
/// not built as QPdfWriter builds it. Pure.
QByteArray with_properties(const QByteArray& pdf, const QString& author, const QString& language);

} // namespace isolab
