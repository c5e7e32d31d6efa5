// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "gui/jobs/session_host.h"
#include "gui/models/check_model.h"
#include "gui/theme/theme.h"

class QLabel;
class QPushButton;

namespace isolab {

class Banner;
class FittedTable;

/// How this machine runs both worlds, why, and every prerequisite with its remedy.
class SystemPage : public QWidget {
    Q_OBJECT
  public:
    SystemPage(const Theme& theme, SessionHost& host, QWidget* parent = nullptr);

  private:
    void refresh_status();
    void refresh_check();

    const Theme& theme_;
    SessionHost& host_;
    CheckModel model_;
    Banner* warning_;
    QLabel *facts_, *verdict_;
    QPushButton* again_;
    FittedTable* table_;
};

} // namespace isolab
