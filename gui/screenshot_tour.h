// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>

#include "gui/main_window.h"
#include "gui/options.h"

namespace isolab {

/// Takes pictures of the real program for the documentation: PREFIX-idle.png, PREFIX-running.png (while the machine
/// boots in a measured run), PREFIX-finished.png and PREFIX-page.png (the whole page with what is scrolled away); then
/// closes the window. On the other pages nothing is
/// run: PREFIX-book.png, -results.png or -system.png shows what is there. A picture that
/// cannot be saved is told on standard error and ends the program with 1.
class ScreenshotTour : public QObject {
    Q_OBJECT
  public:
    ScreenshotTour(MainWindow& window, const WindowControllers& controllers, StartPage page, QString prefix);

    bool saved_all() const noexcept { return saved_all_; }

  private:
    void advance();
    void advance_still();
    bool has_come_to_rest() const;
    void take(const QString& name);

    MainWindow& window_;
    ComparisonController& controller_;
    SuiteController& suite_;
    ResultsController& results_;
    StartPage page_;
    QString prefix_;
    bool saved_all_ = true;
    QTimer timer_;
    enum class Step { idle, running, finished, done } step_ = Step::idle;
};

} // namespace isolab
