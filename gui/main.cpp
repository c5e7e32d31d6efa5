// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>

#include <QApplication>
#include <QSettings>
#include <QStyleFactory>

#include "engine/base/standard_streams.h"
#include "gui/jobs/session_source.h"
#include "gui/jobs/signal_notifier.h"
#include "gui/main_window.h"
#include "gui/options.h"
#include "gui/pages/compare_controls.h"
#include "gui/pages/compare_page.h"
#include "gui/screenshot_tour.h"
#include "gui/translator.h"
#include "gui/widgets/world_chips.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

void apply_look(Theme& theme, const GuiOptions& options) {
    const QSettings settings;
    theme.set_scale(options.scale.value_or(settings.value(u"view/scale"_s, 100).toInt()));
    theme.choose(options.theme.value_or(theme_choice(settings.value(u"view/theme"_s).toString())));
}

MainWindow::Page page_of(StartPage page) {
    switch (page) {
    case StartPage::book:
        return MainWindow::book;
    case StartPage::results:
        return MainWindow::history;
    case StartPage::system:
        return MainWindow::system;
    case StartPage::compare:
        break;
    }
    return MainWindow::compare;
}

void prepare_controls(MainWindow& window, ComparisonController& controller, const GuiOptions& options) {
    QObject::connect(&controller.host(), &SessionHost::workloads_changed, &window, [&window, options] {
        CompareControls& controls = window.compare_page().controls();
        controls.choose_workload(options.workload);
        if (!options.worlds.empty())
            controls.worlds().choose(options.worlds);
        if (options.runs)
            controls.set_runs(*options.runs);
    });
    if (!options.start || options.page != StartPage::compare)
        return;
    QObject::connect(
        &controller, &ComparisonController::stage_changed, &window, [&window, &controller, started = false]() mutable {
            if (!started && controller.stage() == Stage::idle && !controller.host().catalogue().unknown) {
                started = true;
                QMetaObject::invokeMethod(
                    &window, [&window] { window.compare_page().start(Mode::measure); }, Qt::QueuedConnection);
            }
        });
}

/// As soon as it can be measured, once.
void start_book(SuiteController& suite) {
    QObject::connect(&suite, &SuiteController::results_changed, &suite, [&suite, started = false]() mutable {
        if (!started && suite.can_start()) {
            started = true;
            suite.start();
        }
    });
}

int run() {
    const auto options = parse_options(QApplication::arguments());
    if (!options) {
        std::fprintf(stderr, "isolab-gui: %s\n", options.error().message().c_str());
        return 2;
    }
    Theme theme;
    apply_look(theme, *options);
    SessionOptions session;
    session.root = options->root;
    session.libvirt_uri = options->libvirt_uri;
    session.accelerator = options->accelerator;
    session.machine_kind = options->machine_kind;
    session.kernel = options->kernel;
    SessionSource source(session);
    SessionHost host(source);
    ComparisonController controller(host, source);
    ResultsController results(host, source);
    SuiteController suite(host, source);
    MainWindow window(theme, {host, controller, suite, results});
    window.show_page(page_of(options->page));
    const SignalNotifier signals_of_system;
    QObject::connect(&signals_of_system, &SignalNotifier::interrupted, &window, &QWidget::close);
    prepare_controls(window, controller, *options);
    if (options->start && options->page == StartPage::book)
        start_book(suite);
    const ScreenshotTour* tour =
        options->screenshots.isEmpty()
            ? nullptr
            : new ScreenshotTour(window, {host, controller, suite, results}, options->page, options->screenshots);
    window.show();
    host.open(options->workload);
    const int code = QApplication::exec();
    return code != 0 || tour == nullptr || tour->saved_all() ? code : 1;
}

} // namespace
} // namespace isolab

int main(int argc, char** argv) {
    isolab::block_closed_standard_streams();
    const QApplication app(argc, argv);
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setApplicationName(QStringLiteral("isolab"));
    QApplication::setOrganizationName(QStringLiteral("isolab"));
    QApplication::setApplicationVersion(QStringLiteral(ISOLAB_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("isolab"));
    isolab::install_language(isolab::wanted_language(QApplication::arguments()));
    return isolab::run();
}
