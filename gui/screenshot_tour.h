// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>

#include "gui/main_window.h"
#include "gui/options.h"

namespace isolab {

/// Takes pictures of the real program for the documentation: PREFIX-idle.png, PREFIX-running.png (while the machine
/// boots in a measured run), PREFIX-finished.png and PREFIX-page.png (the whole page with what is scrolled away); then
/// closes the window. Of the book's page nothing is run: PREFIX-book.png shows what was measured last. A picture that
/// cannot be saved is told on standard error and ends the program with 1.
class ScreenshotTour : public QObject {
    Q_OBJECT
  public:
    ScreenshotTour(MainWindow& window, const WindowControllers& controllers, StartPage page, QString prefix);

    bool saved_all() const noexcept { return saved_all_; }

  private:
    void advance();
    void advance_book();
    void take(const QString& name);

    MainWindow& window_;
    ComparisonController& controller_;
    SuiteController& suite_;
    QString prefix_;
    bool saved_all_ = true;
    QTimer timer_;
    enum class Step { idle, running, finished, done } step_ = Step::idle;
};

} // namespace isolab
