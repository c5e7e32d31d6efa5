// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/local_time.h"

#include <QDateTime>

namespace isolab {

QString local_time(const std::string& iso) {
    const QDateTime time = QDateTime::fromString(QString::fromStdString(iso), Qt::ISODate).toLocalTime();
    return time.isValid() ? time.toString(QStringLiteral("yyyy-MM-dd HH:mm")) : QString::fromStdString(iso);
}

} // namespace isolab
