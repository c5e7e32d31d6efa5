// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/screenshot_tour.h"

#include <algorithm>
#include <cstdio>

#include <QDir>
#include <QPixmap>
#include <QTableView>

#include "compare/model/world.h"
#include "gui/pages/compare_page.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

constexpr int look_ms = 50;
constexpr int settle_ms = 600; ///< for layout, fonts and the plot to come to rest

/// A picture worth taking: the machine's kernel boots, and there are figures of an earlier run.
bool telling(const LiveComparison& live) {
    const auto machine = std::ranges::find_if(live.sides, [](const auto& side) { return boots_kernel(side.first); });
    if (machine == live.sides.end())
        return false;
    const LiveSide& vm = machine->second;
    const bool kernel =
        std::ranges::any_of(vm.phases, [](const PhaseSpan& span) { return span.phase == Phase::kernel; });
    return vm.state == LiveSide::State::starting && !kernel && vm.phases.size() >= 2 && !vm.ready_samples.empty() &&
           monotonic_now() - vm.started_at > std::chrono::milliseconds(400);
}

} // namespace

ScreenshotTour::ScreenshotTour(MainWindow& window, const WindowControllers& controllers, StartPage page, QString prefix)
    : QObject(&window), window_(window), controller_(controllers.comparison), suite_(controllers.suite),
      results_(controllers.results), page_(page), prefix_(std::move(prefix)) {
    connect(&timer_, &QTimer::timeout, this,
            page == StartPage::compare ? &ScreenshotTour::advance : &ScreenshotTour::advance_still);
    timer_.start(look_ms);
}

/// What the page shows has been read.
bool ScreenshotTour::has_come_to_rest() const {
    const SessionHost& host = controller_.host();
    if (host.state() == SessionHost::State::unusable)
        return true;
    if (host.state() == SessionHost::State::opening)
        return false;
    switch (page_) {
    case StartPage::book:
        return suite_.state() != SuiteController::State::opening && suite_.state() != SuiteController::State::loading;
    case StartPage::results:
        return results_.known();
    default:
        return (host.status() || host.status_error()) && !host.prerequisites().empty();
    }
}

void ScreenshotTour::advance_still() {
    if (!has_come_to_rest())
        return;
    timer_.stop();
    if (page_ == StartPage::results) // the newest one is chosen, so that there is something to see beside the list
        for (QTableView* table : window_.findChildren<QTableView*>())
            if (table->isVisible())
                table->selectRow(0);
    QTimer::singleShot(2 * settle_ms, this, [this] {
        take(page_ == StartPage::book ? u"book"_s : page_ == StartPage::results ? u"results"_s : u"system"_s);
        window_.close();
    });
}

void ScreenshotTour::advance() {
    const Stage stage = controller_.stage();
    const bool broken = stage == Stage::unusable || stage == Stage::failed;
    if (step_ == Step::idle && (broken || (stage == Stage::idle && controller_.host().status()))) {
        step_ = broken ? Step::done : Step::running;
        timer_.stop();
        QTimer::singleShot(settle_ms, this, [this] {
            take(u"idle"_s);
            if (step_ == Step::running)
                window_.compare_page().start(Mode::measure);
            timer_.start(look_ms);
        });
    } else if (step_ == Step::idle && (controller_.busy() || controller_.result())) {
        step_ = Step::running; // --start was faster
    } else if (step_ == Step::running && (telling(controller_.live()) || !controller_.busy())) {
        if (controller_.busy())
            take(u"running"_s);
        step_ = Step::finished;
    } else if (step_ == Step::finished && !controller_.busy()) {
        step_ = Step::done;
        timer_.stop();
        QTimer::singleShot(settle_ms, this, [this] {
            take(u"finished"_s);
            take(u"page"_s);
            timer_.start(look_ms);
        });
    } else if (step_ == Step::done) {
        timer_.stop();
        window_.close();
    }
}

void ScreenshotTour::take(const QString& name) {
    const QString file = prefix_ + u'-' + name + u".png"_s;
    QWidget* whole = name == "page"_L1 ? window_.compare_page().findChild<QWidget*>(u"canvas"_s) : &window_;
    if (whole->grab().save(file))
        return;
    std::fprintf(stderr, "isolab-gui: cannot save %s: its folder is missing or cannot be written\n",
                 qPrintable(QDir::toNativeSeparators(file)));
    saved_all_ = false;
}

} // namespace isolab
