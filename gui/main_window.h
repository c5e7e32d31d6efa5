// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMainWindow>

#include "gui/jobs/comparison_controller.h"
#include "gui/jobs/results_controller.h"
#include "gui/jobs/suite_controller.h"
#include "gui/theme/theme.h"

class QAction;
class QMenu;
class QStackedWidget;

namespace isolab {

class BookPage;
class ComparePage;
class NavRail;
class ResultsPage;
class SystemPage;

/// Who owns what the pages show; they must outlive the window.
struct WindowControllers {
    SessionHost& host;
    ComparisonController& comparison;
    SuiteController& suite;
    ResultsController& results;
};

/// The window: rail, pages, menu. Wires the pages, which know nothing of each other. Closing it in mid-run stops the
/// run first and closes when nothing is left behind.
class MainWindow : public QMainWindow {
    Q_OBJECT
  public:
    enum Page { compare, book, history, system };

    MainWindow(Theme& theme, const WindowControllers& controllers, QWidget* parent = nullptr);

    ComparePage& compare_page() noexcept { return *compare_; }
    void show_page(Page page);

  protected:
    void closeEvent(QCloseEvent* event) override;

  private:
    void build_menu();
    QAction* command(QMenu& menu, const QString& text, const QKeySequence& keys);
    void build_theme_menu(QMenu& menu);
    void build_scale_menu(QMenu& menu);
    void refresh_title();
    void about();

    Theme& theme_;
    WindowControllers controllers_;
    NavRail* rail_;
    QStackedWidget* pages_;
    ComparePage* compare_;
    BookPage* book_;
    ResultsPage* history_;
    SystemPage* system_;
    QAction *export_ = nullptr, *copy_ = nullptr;
    bool may_close_ = false;
};

} // namespace isolab
