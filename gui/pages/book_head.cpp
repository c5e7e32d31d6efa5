// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/pages/book_head.h"

#include <algorithm>

#include <QButtonGroup>
#include <QDateTime>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include "engine/base/clock.h"
#include "gui/models/book_lines.h"
#include "gui/models/plain_text.h"
#include "gui/models/words.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

constexpr int clock_ms = 5000;
constexpr double wide_units = 820; ///< from which on all of it stands on one line
constexpr int progress_steps = 1000;

QLabel* plain_label(const QString& role) {
    auto* made = new QLabel;
    made->setTextFormat(Qt::PlainText);
    made->setProperty("role", role);
    return made;
}

QPushButton* head_button(const QString& text, const QString& role) {
    auto* made = new QPushButton(text);
    made->setProperty("role", role);
    return made;
}

} // namespace

QString why_not_measured(const SuiteController& suite) {
    if (suite.can_start())
        return {};
    switch (suite.state()) {
    case SuiteController::State::opening:
        return BookHead::tr("The data folder is being opened");
    case SuiteController::State::unusable:
        return BookHead::tr("The data folder cannot be opened");
    case SuiteController::State::loading:
        return BookHead::tr("The saved results are being read");
    case SuiteController::State::running:
    case SuiteController::State::stopping:
        return BookHead::tr("The book is being measured: only one thing at a time");
    default:
        break;
    }
    return suite.suite().experiments.empty() ? BookHead::tr("The experiments could not be read")
                                             : BookHead::tr("Something else is being measured: only one at a time");
}

BookHead::BookHead(const Theme& theme, SuiteController& suite, QWidget* parent)
    : QWidget(parent), theme_(theme), suite_(suite), title_(plain_label(u"title"_s)),
      activity_(plain_label(u"caption"_s)), left_(plain_label(u"caption"_s)), progress_(new QProgressBar),
      export_(head_button(tr("Export…"), u"secondary"_s)), stop_(head_button(tr("Stop"), u"stop"_s)),
      measure_(head_button(tr("Measure the book"), u"primary"_s)), row_(new QBoxLayout(QBoxLayout::LeftToRight, this)),
      buttons_(new QHBoxLayout) {
    setObjectName(u"head"_s);
    setAttribute(Qt::WA_StyledBackground);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(2);
    auto* second = new QHBoxLayout;
    second->addWidget(progress_);
    second->addWidget(activity_, 1);
    second->addWidget(left_);
    texts->addWidget(title_);
    texts->addLayout(second);
    buttons_->addWidget(kinds(), 0, Qt::AlignVCenter);
    for (QPushButton* each : {measure_, stop_, export_})
        buttons_->addWidget(each);
    buttons_->addStretch(1);
    row_->addLayout(texts, 1);
    row_->addLayout(buttons_);
    progress_->setTextVisible(false);
    progress_->setRange(0, progress_steps);
    activity_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    clock_.setInterval(clock_ms);
    connect(&clock_, &QTimer::timeout, this, &BookHead::refresh_progress);
    connect(export_, &QPushButton::clicked, this, &BookHead::export_requested);
    connect(stop_, &QPushButton::clicked, &suite, &SuiteController::stop);
    connect(measure_, &QPushButton::clicked, &suite, qOverload<>(&SuiteController::start));
    connect(&suite, &SuiteController::state_changed, this, &BookHead::refresh);
    connect(&suite, &SuiteController::results_changed, this, &BookHead::refresh);
    connect(&suite, &SuiteController::live_changed, this, &BookHead::refresh_progress);
    connect(&theme, &Theme::changed, this, &BookHead::restyle);
    restyle();
    refresh();
}

QWidget* BookHead::kinds() {
    auto* track = new QFrame;
    track->setProperty("role", u"track"_s);
    auto* segments = new QHBoxLayout(track);
    segments->setContentsMargins(2, 2, 2, 2);
    segments->setSpacing(2);
    quick_ = head_button(tr("Quick"), u"segment"_s);
    full_ = head_button(tr("Full"), u"segment"_s);
    auto* group = new QButtonGroup(track);
    for (QPushButton* each : {quick_, full_}) {
        each->setCheckable(true);
        group->addButton(each);
        segments->addWidget(each);
        connect(each, &QPushButton::clicked, this, [this, each] { suite_.choose(each == quick_); });
    }
    return track;
}

void BookHead::refresh() {
    title_->setText(suite_.suite().experiments.empty() ? tr("The book, measured") : Words::fact(suite_.suite().title));
    (suite_.quick() ? quick_ : full_)->setChecked(true);
    refresh_buttons();
    refresh_progress();
    suite_.busy() ? clock_.start() : clock_.stop();
}

void BookHead::refresh_buttons() {
    const QString reason = why_not_measured(suite_);
    const bool free = reason.isEmpty();
    const bool running = suite_.state() == SuiteController::State::running;
    const auto usual = suite_.usual_time();
    measure_->setEnabled(free);
    measure_->setToolTip(!free   ? reason
                         : usual ? tr("All rows, one after the other: %1").arg(BookLines::about(*usual))
                                 : tr("All rows, one after the other"));
    stop_->setEnabled(running);
    stop_->setToolTip(running         ? tr("Ends the present run cleanly; what was measured is kept")
                      : suite_.busy() ? tr("It is being stopped already")
                                      : tr("The book is not being measured"));
    export_->setEnabled(suite_.has_results());
    export_->setToolTip(suite_.has_results() ? tr("All measured rows as a file") : tr("Nothing was measured yet"));
    for (QPushButton* each : {quick_, full_})
        each->setEnabled(!suite_.busy());
    quick_->setToolTip(suite_.busy() ? reason : tr("Few repetitions and short deadlines: for a first look"));
    full_->setToolTip(suite_.busy() ? reason : tr("As many repetitions as narrow intervals need; takes hours"));
}

QString BookHead::idle_line() const {
    QStringList parts;
    const auto count = std::ranges::count_if(suite_.suite().experiments, [this](const Experiment& experiment) {
        return suite_.result(experiment.id) != nullptr;
    });
    parts << tr("%1 of %2 rows measured").arg(count).arg(suite_.suite().experiments.size());
    if (suite_.was_stopped())
        parts << tr("stopped: what was measured is kept");
    if (const auto usual = suite_.usual_time())
        parts << tr("all of it takes %1").arg(BookLines::about(*usual));
    return parts.join(u" · "_s);
}

void BookHead::refresh_progress() {
    const Nanoseconds now = monotonic_now();
    QString text;
    switch (suite_.state()) {
    case SuiteController::State::opening:
        text = tr("Opening the data folder…");
        break;
    case SuiteController::State::loading:
        text = tr("Reading the saved results…");
        break;
    case SuiteController::State::unusable:
        break;
    default:
        text = suite_.busy() ? BookLines::activity(suite_) : idle_line();
    }
    activity_->setText(text);
    activity_->setToolTip(plain_tip(text));
    left_->setText(suite_.state() == SuiteController::State::running ? BookLines::time_left(suite_.time_left(now))
                                                                     : QString());
    progress_->setVisible(suite_.busy());
    progress_->setValue(static_cast<int>(suite_.share_done(now) * progress_steps));
    progress_->setAccessibleName(text);
}

QSize BookHead::minimumSizeHint() const {
    const QMargins margins = row_->contentsMargins();
    return {buttons_->minimumSize().width() + margins.left() + margins.right(), row_->minimumSize().height()};
}

void BookHead::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    row_->setDirection(width() >= theme_.px(wide_units) ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
}

void BookHead::restyle() {
    const Colours& c = theme_.colours();
    setStyleSheet(u"#head { background: %1; border-bottom: 1px solid %2; }"_s.arg(c.surface.name(), c.hairline.name()));
    layout()->setContentsMargins(theme_.px(24), theme_.px(8), theme_.px(24), theme_.px(8));
    layout()->setSpacing(theme_.px(12));
    for (QHBoxLayout* line : findChildren<QHBoxLayout*>())
        if (line != layout() && line->parentWidget() == this)
            line->setSpacing(theme_.px(8));
    for (QPushButton* each : {export_, stop_, measure_})
        each->setFixedHeight(theme_.px(32));
    progress_->setFixedSize(theme_.px(120), theme_.px(6));
    progress_->setStyleSheet(
        u"QProgressBar { background: %1; border: none; border-radius: %3px; }"
        "QProgressBar::chunk { background: %2; border-radius: %3px; }"_s.arg(c.sunken.name(), c.primary.name())
            .arg(theme_.px(3)));
}

} // namespace isolab
