// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/waterfall_view.h"

#include <algorithm>

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include "gui/models/figure.h"
#include "gui/models/plain_text.h"
#include "gui/models/words.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

constexpr int replay_ms = 5000;
constexpr double axis_below = 30;    ///< room under all lanes for the labels of the axis
constexpr double names_above = 20;   ///< room over a lane for names of short phases
constexpr double samples_below = 20; ///< room under it for raw samples
constexpr int sample_alpha = 140;    ///< of 255: where many lie, it is darker

} // namespace

WaterfallView::WaterfallView(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Start-up, phase by phase"));
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
    growth_.setInterval(std::chrono::milliseconds(100));
    connect(&growth_, &QTimer::timeout, this, [this] { rebuild(); });
    replay_.setStartValue(0.0);
    replay_.setEndValue(1.0);
    replay_.setDuration(replay_ms);
    connect(&replay_, &QVariantAnimation::valueChanged, this, [this] { update(); });
    rebuild();
}

void WaterfallView::show_view(const ComparisonView& view) {
    const bool resized = view.sides.size() != view_.sides.size();
    view_ = view;
    if (resized) {
        selected_.reset();
        updateGeometry();
    }
    const bool grows =
        std::ranges::any_of(view.sides, [](const SideView& side) { return side.running_since.has_value(); });
    if (grows)
        replay_.stop();
    if (!grows)
        growth_.stop();
    else if (!growth_.isActive())
        growth_.start();
    rebuild();
}

void WaterfallView::set_logarithmic(bool on) {
    logarithmic_ = on;
    rebuild();
}

void WaterfallView::set_frame(std::chrono::milliseconds frame) {
    if (growth_.intervalAsDuration() != frame)
        growth_.setInterval(frame);
}

bool WaterfallView::can_replay() const {
    return !growth_.isActive() &&
           std::ranges::any_of(lanes_, [](const WaterfallLane& lane) { return !lane.bars.empty(); });
}

void WaterfallView::replay() {
    if (can_replay() && theme_.animated())
        replay_.start();
}

void WaterfallView::rebuild() {
    const Nanoseconds now = monotonic_now();
    lanes_.clear();
    for (const SideView& side : view_.sides)
        lanes_.push_back(make_lane(side, now));
    axis_ = fit_axis(lanes_, logarithmic_);
    update();
}

/// Of all lanes and the axis under them; two lanes are a picture, though there be but one.
int WaterfallView::height_of(double lane) const {
    return theme_.px(axis_below + lane * static_cast<double>(std::max<std::size_t>(2, lanes_.size())));
}

QSize WaterfallView::sizeHint() const { return {theme_.px(560), height_of(lanes_.size() > 2 ? 72 : 77)}; }
QSize WaterfallView::minimumSizeHint() const { return {theme_.px(360), height_of(lanes_.size() > 2 ? 66 : 73)}; }

QRectF WaterfallView::axis_area() const {
    const double left = theme_.px(92);
    return QRectF(left, theme_.px(4), width() - left - theme_.px(8), height() - theme_.px(axis_below));
}

QRectF WaterfallView::lane_area(std::size_t lane) const {
    const QRectF area = axis_area();
    const double each = area.height() / static_cast<double>(std::max<std::size_t>(1, lanes_.size()));
    const double above = theme_.px(names_above);
    const double below = theme_.px(samples_below);
    const double bar = std::min<double>(theme_.px(40), each - above - below);
    const double top = area.top() + each * static_cast<double>(lane) + above + (each - bar - above - below) / 2;
    return QRectF(area.left(), top, area.width(), bar);
}

std::vector<LaidBar> WaterfallView::laid(std::size_t lane) const {
    std::optional<double> until;
    if (replay_.state() == QAbstractAnimation::Running)
        until = axis_.time_at(replay_.currentValue().toDouble());
    return lay_out(lanes_[lane], axis_, lane_area(lane), theme_.px(2), until);
}

void WaterfallView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paint_axis(painter);
    for (std::size_t lane = 0; lane < lanes_.size(); ++lane)
        paint_lane(painter, lane);
    if (!growth_.isActive() && !can_replay()) {
        painter.setFont(theme_.font(Type::body));
        painter.setPen(theme_.colours().muted);
        painter.drawText(axis_area(), Qt::AlignCenter | Qt::TextWordWrap,
                         tr("Every phase of each start appears here, on one time axis."));
    }
    if (hasFocus()) {
        painter.setPen(QPen(theme_.colours().primary, 1, Qt::DotLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme_.px(6), theme_.px(6));
    }
}

void WaterfallView::paint_axis(QPainter& painter) const {
    const Colours& c = theme_.colours();
    const QRectF area = axis_area();
    painter.setFont(theme_.font(Type::caption));
    double free_from = -1e9;
    for (const TimeAxis::Tick& tick : axis_.ticks()) {
        const double x = area.left() + axis_.position(tick.time) * area.width();
        painter.setPen(QPen(c.hairline, 1, Qt::DashLine));
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        const double half = painter.fontMetrics().horizontalAdvance(tick.label) / 2.0;
        const double left = std::min(x - half, width() - 2 * half - 1);
        if (left < free_from)
            continue;
        painter.setPen(c.muted);
        painter.drawText(QRectF(left, area.bottom() + theme_.px(6), 2 * half + 1, theme_.px(16)), Qt::AlignCenter,
                         tick.label);
        free_from = left + 2 * half + theme_.px(8);
    }
}

void WaterfallView::paint_lane(QPainter& painter, std::size_t index) const {
    const Colours& c = theme_.colours();
    const WaterfallLane& lane = lanes_[index];
    const QRectF area = lane_area(index);
    painter.setFont(theme_.font(Type::body, QFont::DemiBold));
    painter.setPen(c.ink(lane.world));
    painter.drawText(QRectF(0, area.top() - theme_.px(6), area.left() - theme_.px(10), area.height() + theme_.px(12)),
                     Qt::AlignVCenter | Qt::AlignLeft | Qt::TextWordWrap,
                     Words::world(lane.world) + (lane.emulated ? u"\nTCG"_s : QString()));
    if (!growth_.isActive() && !can_replay())
        return;
    painter.setPen(Qt::NoPen);
    painter.setBrush(mix(c.surface, c.sunken, 0.7));
    painter.drawRoundedRect(area, theme_.px(4), theme_.px(4));
    const std::vector<LaidBar> bars = laid(index);
    for (std::size_t i = 0; i < bars.size(); ++i)
        paint_bar(painter, lane, bars[i], selected_ == Place{index, i});
    paint_names(painter, bars, area);
    paint_samples(painter, lane, area);
}

void WaterfallView::paint_bar(QPainter& painter, const WaterfallLane& lane, const LaidBar& laid, bool selected) const {
    const Colours& c = theme_.colours();
    const QColor fill = phase_tint(c, lane.world, laid.bar.phase);
    const double radius = std::min<double>(theme_.px(4), laid.rect.width() / 2);
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    painter.drawRoundedRect(laid.rect, radius, radius);
    if (laid.bar.growing) {
        painter.setBrush(QBrush(mix(fill, c.text, 0.22), Qt::BDiagPattern));
        painter.drawRoundedRect(laid.rect, radius, radius);
    }
    if (selected) {
        painter.setPen(QPen(c.text, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(laid.rect.adjusted(-1, -1, 1, 1), radius + 1, radius + 1);
    }
    painter.setFont(theme_.font(Type::caption, QFont::DemiBold));
    const QString name = Words::phase(laid.bar.phase);
    if (painter.fontMetrics().horizontalAdvance(name) + theme_.px(8) > laid.rect.width())
        return;
    painter.setPen(text_on(fill));
    painter.drawText(laid.rect, Qt::AlignCenter, name);
}

void WaterfallView::paint_names(QPainter& painter, const std::vector<LaidBar>& bars, const QRectF& area) const {
    const Colours& c = theme_.colours();
    const QFontMetrics within(theme_.font(Type::caption, QFont::DemiBold)); // as paint_bar() writes them
    std::vector<double> widths;
    for (const LaidBar& bar : bars)
        widths.push_back(within.horizontalAdvance(Words::phase(bar.bar.phase)));
    painter.setFont(theme_.font(Type::caption));
    const double bottom = area.top() - theme_.px(4);
    for (const LaidName& name : lay_out_names(bars, widths, area, theme_.px(4))) {
        const QRectF box(name.left, bottom - theme_.px(16), name.width + 1, theme_.px(14));
        painter.setPen(QPen(c.muted, 1));
        painter.drawLine(QPointF(name.stem, bottom - theme_.px(2)), QPointF(name.stem, area.top() + theme_.px(2)));
        painter.drawText(box, Qt::AlignCenter, Words::phase(bars[name.bar].bar.phase));
    }
}

void WaterfallView::paint_samples(QPainter& painter, const WaterfallLane& lane, const QRectF& area) const {
    if (lane.samples.empty() || replay_.state() == QAbstractAnimation::Running)
        return;
    const Colours& c = theme_.colours();
    const double y = area.bottom() + theme_.px(10);
    const auto x = [&](double time) { return area.left() + axis_.position(time) * area.width(); };
    if (lane.ready && lane.ready->n > 1) {
        const QRectF band(x(lane.ready->low), y - theme_.px(6), std::max(2.0, x(lane.ready->high) - x(lane.ready->low)),
                          theme_.px(12));
        painter.setPen(Qt::NoPen);
        painter.setBrush(mix(c.surface, c.fill(lane.world), 0.28));
        painter.drawRoundedRect(band, 2, 2);
    }
    QColor dot = c.fill(lane.world);
    dot.setAlpha(sample_alpha);
    painter.setPen(Qt::NoPen);
    painter.setBrush(dot);
    for (const double sample : lane.samples)
        painter.drawEllipse(QPointF(x(sample), y), theme_.px(3), theme_.px(3));
}

QString WaterfallView::describe(const WaterfallLane& lane, const WaterfallBar& bar) const {
    return tr("%1 · %2: %3, from %4 to %5")
        .arg(Words::marked(Words::world(lane.world), lane.emulated), Words::phase(bar.phase),
             duration_figure(bar.to - bar.from).text(), duration_figure(bar.from).text(),
             duration_figure(bar.to).text());
}

std::optional<WaterfallView::Place> WaterfallView::place_at(const QPointF& point) const {
    for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
        const std::vector<LaidBar> bars = laid(lane);
        for (std::size_t i = 0; i < bars.size(); ++i) {
            const double grab = std::max(0.0, (theme_.px(6) - bars[i].rect.width()) / 2);
            if (bars[i].rect.adjusted(-grab, 0, grab, 0).contains(point))
                return Place{lane, i};
        }
    }
    return std::nullopt;
}

void WaterfallView::select(std::optional<Place> place) {
    if (place == selected_)
        return;
    selected_ = place;
    if (place)
        setAccessibleDescription(describe(lanes_[place->lane], lanes_[place->lane].bars[place->bar]));
    update();
}

void WaterfallView::mouseMoveEvent(QMouseEvent* event) { select(place_at(event->position())); }

void WaterfallView::leaveEvent(QEvent*) { select(std::nullopt); }

void WaterfallView::keyPressEvent(QKeyEvent* event) {
    const int step = event->key() == Qt::Key_Right || event->key() == Qt::Key_Down ? 1
                     : event->key() == Qt::Key_Left || event->key() == Qt::Key_Up  ? -1
                                                                                   : 0;
    std::vector<Place> places;
    for (std::size_t lane = 0; lane < lanes_.size(); ++lane)
        for (std::size_t bar = 0; bar < lanes_[lane].bars.size(); ++bar)
            places.push_back({lane, bar});
    if (step == 0 || places.empty())
        return QWidget::keyPressEvent(event);
    const auto here = selected_ ? std::ranges::find(places, *selected_) - places.begin() : (step > 0 ? -1 : 0);
    const auto count = static_cast<std::ptrdiff_t>(places.size());
    const Place next = places[static_cast<std::size_t>((here + step + count) % count)];
    select(next);
    const std::vector<LaidBar> bars = laid(next.lane);
    if (next.bar < bars.size())
        QToolTip::showText(mapToGlobal(bars[next.bar].rect.bottomLeft().toPoint()),
                           describe(lanes_[next.lane], bars[next.bar].bar), this);
}

bool WaterfallView::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto place = place_at(help->pos());
    if (!place) {
        QToolTip::hideText();
        return true;
    }
    const WaterfallLane& lane = lanes_[place->lane];
    const WaterfallBar& bar = lane.bars[place->bar];
    QToolTip::showText(help->globalPos(),
                       plain_tip(describe(lane, bar) + u'\n' + Words::phase_meaning(lane.world, bar.phase)), this);
    return true;
}

} // namespace isolab
