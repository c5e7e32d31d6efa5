// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/main_window.h"

#include <QActionGroup>
#include <QCloseEvent>
#include <QHBoxLayout>
#include <QIcon>
#include <QMenuBar>
#include <QMessageBox>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>

#include "gui/models/words.h"
#include "gui/pages/compare_page.h"
#include "gui/pages/history_page.h"
#include "gui/pages/system_page.h"
#include "gui/widgets/nav_rail.h"

namespace isolab {

using namespace Qt::StringLiterals;

MainWindow::MainWindow(Theme& theme, ExperimentController& controller, QWidget* parent)
    : QMainWindow(parent), theme_(theme), controller_(controller), rail_(new NavRail(theme)),
      pages_(new QStackedWidget), compare_(new ComparePage(theme, controller)),
      history_(new HistoryPage(theme, controller)), system_(new SystemPage(theme, controller)) {
    setWindowIcon(QIcon(u":/isolab/icons/isolab.svg"_s));
    auto* centre = new QWidget;
    auto* layout = new QHBoxLayout(centre);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(rail_);
    layout->addWidget(pages_, 1);
    setCentralWidget(centre);
    rail_->add_page(Icon::compare, tr("Compare"));
    rail_->add_page(Icon::history, tr("History"));
    rail_->add_page(Icon::system, tr("System"));
    for (QWidget* page : std::initializer_list<QWidget*>{compare_, history_, system_})
        pages_->addWidget(page);
    build_menus();
    setMinimumSize(960, 600);
    resize(1440, 900);
    restoreGeometry(QSettings().value(u"window/geometry"_s).toByteArray());

    connect(rail_, &NavRail::page_chosen, this, [this](int page) { show_page(static_cast<Page>(page)); });
    connect(compare_, &ComparePage::system_page_requested, this, [this] { show_page(system); });
    connect(compare_, &ComparePage::export_possible_changed, this, [this] {
        export_->setEnabled(compare_->can_export());
        copy_->setEnabled(compare_->can_export());
    });
    connect(history_, &HistoryPage::opened, this, [this](const std::string& id) {
        controller_.load(id);
        show_page(compare);
    });
    connect(&controller, &ExperimentController::stage_changed, this, &MainWindow::refresh_title);
    connect(&controller, &ExperimentController::export_finished, this,
            [this](const std::string& file, const std::optional<Error>& error) {
                if (error)
                    QMessageBox::warning(this, tr("Export report"), Words::error(*error));
                else
                    statusBar()->showMessage(tr("Exported to %1").arg(QString::fromStdString(file)), 8000);
            });
    connect(&controller, &ExperimentController::closed, this, [this] {
        may_close_ = true;
        close();
    });
    refresh_title();
}

void MainWindow::build_menus() {
    QMenu* file = menuBar()->addMenu(tr("&File"));
    export_ = file->addAction(tr("&Export report…"), QKeySequence::Save, compare_, &ComparePage::export_report);
    copy_ = file->addAction(tr("&Copy as text"), compare_, &ComparePage::copy_report);
    copy_->setShortcut(QKeySequence(u"Ctrl+Shift+C"_s));
    export_->setEnabled(false);
    copy_->setEnabled(false);
    file->addSeparator();
    file->addAction(tr("&Quit"), QKeySequence::Quit, this, &QWidget::close);
    QMenu* view = menuBar()->addMenu(tr("&View"));
    build_theme_menu(*view->addMenu(tr("&Colours")));
    build_scale_menu(*view->addMenu(tr("&Size")));
    QMenu* help = menuBar()->addMenu(tr("&Help"));
    help->addAction(tr("&About Isolab"), this, &MainWindow::about);
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
    if (page == history)
        controller_.list_history();
    else if (page == system && controller_.prerequisites().empty())
        controller_.check();
}

void MainWindow::refresh_title() {
    const bool ending = controller_.closing() || controller_.stage() == Stage::stopping;
    setWindowTitle(ending ? tr("Isolab – stopping…") : controller_.busy() ? tr("Isolab – running") : tr("Isolab"));
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
    controller_.close();
}

} // namespace isolab
