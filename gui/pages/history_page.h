// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "gui/jobs/results_controller.h"
#include "gui/models/history_model.h"
#include "gui/theme/theme.h"

class QLabel;

namespace isolab {

class FittedTable;

/// Saved results; one that is opened is shown by the compare page.
class HistoryPage : public QWidget {
    Q_OBJECT
  public:
    HistoryPage(const Theme& theme, ResultsController& controller, QWidget* parent = nullptr);

  Q_SIGNALS:
    void opened(const std::string& id);

  private:
    void refresh();
    void refresh_hint();

    ResultsController& controller_;
    HistoryModel model_;
    FittedTable* table_;
    QLabel *empty_, *hint_;
};

} // namespace isolab
