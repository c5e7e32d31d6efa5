// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

#include "gui/jobs/suite_controller.h"
#include "gui/theme/theme.h"

class QBoxLayout;
class QLabel;
class QProgressBar;
class QPushButton;

namespace isolab {

/// The head of the page "The book": what is measured and how, Measure and Stop, how far it is and how long it takes.
class BookHead : public QWidget {
    Q_OBJECT
  public:
    BookHead(const Theme& theme, SuiteController& suite, QWidget* parent = nullptr);
    QSize minimumSizeHint() const override; ///< with the buttons under the texts

  Q_SIGNALS:
    void export_requested();

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    QWidget* kinds();
    void refresh();
    void refresh_progress();
    void refresh_buttons();
    void restyle();
    QString idle_line() const;

    const Theme& theme_;
    SuiteController& suite_;
    QLabel *title_, *activity_, *left_;
    QProgressBar* progress_;
    QPushButton *quick_ = nullptr, *full_ = nullptr;
    QPushButton *export_, *stop_, *measure_;
    QBoxLayout *row_, *buttons_;
    QTimer clock_; ///< time passes also while nothing is told
};

/// Why nothing can be measured now; empty: it can. For tooltips.
QString why_not_measured(const SuiteController& suite);

} // namespace isolab
