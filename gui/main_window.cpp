// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/main_window.h"

#include <QActionGroup>
#include <QCloseEvent>
#include <QHBoxLayout>
#include <QIcon>
#include <QMenu>
#include <QMessageBox>
#include <QSettings>
#include <QStackedWidget>

#include "gui/pages/book_page.h"
#include "gui/pages/compare_page.h"
#include "gui/pages/results_page.h"
#include "gui/pages/system_page.h"
#include "gui/widgets/nav_rail.h"

namespace isolab {

using namespace Qt::StringLiterals;

MainWindow::MainWindow(Theme& theme, const WindowControllers& controllers, QWidget* parent)
    : QMainWindow(parent), theme_(theme), controllers_(controllers), rail_(new NavRail(theme)),
      pages_(new QStackedWidget), compare_(new ComparePage(theme, controllers.comparison)),
      book_(new BookPage(theme, controllers.suite)), history_(new ResultsPage(theme, controllers.results)),
      system_(new SystemPage(theme, controllers.host)) {
    setWindowIcon(QIcon(u":/isolab/icons/isolab.svg"_s));
    auto* centre = new QWidget;
    auto* layout = new QHBoxLayout(centre);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(rail_);
    layout->addWidget(pages_, 1);
    setCentralWidget(centre);
    rail_->add_page(Icon::compare, tr("Compare"));
    rail_->add_page(Icon::book, tr("The book"));
    rail_->add_page(Icon::history, tr("Results"));
    rail_->add_page(Icon::system, tr("System"));
    for (QWidget* page : std::initializer_list<QWidget*>{compare_, book_, history_, system_}) {
        page->setFocusPolicy(Qt::ClickFocus);
        pages_->addWidget(page);
    }
    build_menu();
    setMinimumSize(960, 600);
    resize(1440, 900);
    restoreGeometry(QSettings().value(u"window/geometry"_s).toByteArray());

    connect(rail_, &NavRail::page_chosen, this, [this](int page) { show_page(static_cast<Page>(page)); });
    connect(compare_, &ComparePage::system_page_requested, this, [this] { show_page(system); });
    connect(compare_, &ComparePage::export_possible_changed, this, [this] {
        export_->setEnabled(compare_->can_export());
        copy_->setEnabled(compare_->can_export());
    });
    connect(history_, &ResultsPage::opened, this, [this](const std::string& id) {
        controllers_.comparison.load(id);
        show_page(compare);
    });
    for (const auto changed : {&SessionHost::measuring_changed, &SessionHost::closing_began})
        connect(&controllers.host, changed, this, &MainWindow::refresh_title);
    connect(&controllers.comparison, &ComparisonController::stage_changed, this, &MainWindow::refresh_title);
    connect(&controllers.suite, &SuiteController::state_changed, this, &MainWindow::refresh_title);
    connect(&controllers.comparison, &ComparisonController::export_finished, this,
            [this] { show_page(compare); }); // which tells how it went
    connect(&controllers.host, &SessionHost::closed, this, [this] {
        may_close_ = true;
        close();
    });
    refresh_title();
}

void MainWindow::build_menu() {
    auto* menu = new QMenu(this);
    export_ = command(*menu, tr("&Export report…"), QKeySequence::Save);
    copy_ = command(*menu, tr("&Copy report"), QKeySequence(u"Ctrl+Shift+C"_s));
    connect(export_, &QAction::triggered, compare_, &ComparePage::export_report);
    connect(copy_, &QAction::triggered, compare_, &ComparePage::copy_report);
    export_->setEnabled(false);
    copy_->setEnabled(false);
    menu->addSeparator();
    build_theme_menu(*menu->addMenu(tr("C&olours")));
    build_scale_menu(*menu->addMenu(tr("&Size")));
    menu->addSeparator();
    connect(command(*menu, tr("&About Isolab"), {}), &QAction::triggered, this, &MainWindow::about);
    connect(command(*menu, tr("&Quit"), QKeySequence::Quit), &QAction::triggered, this, &QWidget::close);
    rail_->set_menu(tr("Menu"), menu);
}

/// Its keys work while the menu is closed: the window has the action too.
QAction* MainWindow::command(QMenu& menu, const QString& text, const QKeySequence& keys) {
    QAction* action = menu.addAction(text);
    action->setShortcut(keys);
    addAction(action);
    return action;
}

void MainWindow::build_theme_menu(QMenu& menu) {
    auto* group = new QActionGroup(this);
    const std::initializer_list<std::pair<QString, Theme::Choice>> choices{{tr("As the system"), Theme::Choice::system},
                                                                           {tr("Light"), Theme::Choice::light},
                                                                           {tr("Dark"), Theme::Choice::dark}};
    for (const auto& [text, choice] : choices) {
        QAction* action = menu.addAction(text);
        action->setCheckable(true);
        action->setChecked(theme_.choice() == choice);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, wanted = choice] {
            theme_.choose(wanted);
            QSettings().setValue(u"view/theme"_s, theme_name(wanted));
        });
    }
}

void MainWindow::build_scale_menu(QMenu& menu) {
    auto* group = new QActionGroup(this);
    for (const int percent : {100, 125, 150}) {
        QAction* action =
            menu.addAction(percent == 100 ? tr("%1 %").arg(percent) : tr("%1 %, for a projector").arg(percent));
        action->setCheckable(true);
        action->setChecked(theme_.scale() == percent);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, percent] {
            theme_.set_scale(percent);
            QSettings().setValue(u"view/scale"_s, percent);
        });
    }
}

void MainWindow::show_page(Page page) {
    rail_->choose(page);
    pages_->setCurrentIndex(page);
    pages_->currentWidget()->setFocus(); // the next Tab leads into it
    if (page == history)
        controllers_.results.list();
    else if (page == system && controllers_.host.prerequisites().empty())
        controllers_.host.check();
}

void MainWindow::refresh_title() {
    const SessionHost& host = controllers_.host;
    const bool ending = host.closing() || controllers_.comparison.stage() == Stage::stopping ||
                        controllers_.suite.state() == SuiteController::State::stopping;
    setWindowTitle(ending ? tr("Isolab – stopping…") : host.measuring() ? tr("Isolab – running") : tr("Isolab"));
}

void MainWindow::about() {
    QMessageBox::about(this, tr("About Isolab"),
                       tr("<h3>Isolab %1</h3><p>One workload in a container and in a virtual machine, measured side by "
                          "side.</p><p>Free software under the GNU General Public License, version 3 or later.</p>")
                           .arg(QCoreApplication::applicationVersion()));
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (may_close_) {
        QSettings().setValue(u"window/geometry"_s, saveGeometry());
        event->accept();
        return;
    }
    event->ignore();
    controllers_.host.close();
}

} // namespace isolab
