// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/memory_plot.h"

#include <algorithm>

#include <QLabel>
#include <QStackedLayout>
#include <qcustomplot.h>

#include "compare/model/world.h"
#include "gui/models/figure.h"
#include "gui/models/words.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

constexpr double mega = 1e6;
constexpr double second = 1e9;
constexpr double headroom = 1.08; ///< above the highest sample; names may stand above the plot's area

/// Axis numbers, the last of them with the unit.
class UnitTicker : public QCPAxisTicker {
  public:
    UnitTicker(QString unit, int count) : unit_(std::move(unit)) { setTickCount(count); }

  protected:
    QVector<QString> createLabelVector(const QVector<double>& ticks, const QLocale& locale, QChar format,
                                       int precision) override {
        QVector<QString> labels = QCPAxisTicker::createLabelVector(ticks, locale, format, precision);
        for (qsizetype i = ticks.size() - 1; i >= 0; --i)
            if (ticks[i] <= range_end) {
                labels[i] += u'\u00a0' + unit_;
                break;
            }
        return labels;
    }
    QString getTickLabel(double tick, const QLocale&, QChar, int) override {
        return round_number(std::abs(tick) < 1e-9 ? 0 : tick);
    }

  public:
    double range_end = 0; ///< ticks beyond it are not drawn

  private:
    QString unit_;
};

void set_range(QCPAxis* axis, double end) {
    axis->setRange(0, end);
    static_cast<UnitTicker*>(axis->ticker().data())->range_end = end;
}

} // namespace

MemoryPlot::MemoryPlot(const Theme& theme, QWidget* parent)
    : QWidget(parent), theme_(theme), plot_(new QCustomPlot), empty_(new QLabel) {
    auto* layout = new QStackedLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(empty_);
    layout->addWidget(plot_);
    empty_->setAlignment(Qt::AlignCenter);
    empty_->setWordWrap(true);
    empty_->setProperty("role", u"muted"_s);
    empty_->setText(tr("Drawn while a workload runs.\nOne that ends at once leaves too little time for samples."));
    plot_->setAccessibleName(tr("Memory over time"));
    plot_->xAxis->setTicker(QSharedPointer<UnitTicker>::create(u"s"_s, 4));
    plot_->yAxis->setTicker(QSharedPointer<UnitTicker>::create(u"MB"_s, 4));
    connect(&theme, &Theme::changed, this, &MemoryPlot::restyle);
    restyle();
}

void MemoryPlot::restyle() {
    const Colours& c = theme_.colours();
    plot_->setBackground(QBrush(c.surface));
    plot_->setMinimumHeight(theme_.px(112));
    plot_->axisRect()->setMinimumMargins(QMargins(0, theme_.px(20), theme_.px(12), 0));
    for (QCPAxis* axis : {plot_->xAxis, plot_->yAxis}) {
        axis->setTickLabelFont(theme_.font(Type::caption));
        axis->setTickLabelColor(c.muted);
        axis->setTickLabelPadding(theme_.px(8));
        axis->setPadding(0);
        axis->setTickPen(Qt::NoPen);
        axis->setSubTickPen(Qt::NoPen);
        axis->setBasePen(Qt::NoPen);
        axis->grid()->setPen(QPen(c.grid, 1));
        axis->grid()->setZeroLinePen(QPen(c.hairline, 1));
    }
    plot_->xAxis->grid()->setVisible(false);
    plot_->xAxis->setBasePen(QPen(c.hairline, 1));
    for (std::size_t i = 0; i < lines_.size(); ++i)
        style_line(i);
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

/// Machines are drawn through, others broken, each of a kind in its own way, in the order in which they are known.
void MemoryPlot::style_line(std::size_t line) {
    static const QVector<QVector<qreal>> dashes{{5, 3}, {1, 2}, {6, 2, 1, 2}, {3, 3}, {9, 3}};
    const Colours& c = theme_.colours();
    const std::string& world = lines_[line].world;
    std::size_t before = 0; // of its kind
    for (std::size_t i = 0; i < line; ++i)
        if (boots_kernel(lines_[i].world) == boots_kernel(world))
            ++before;
    QPen pen(c.fill(world), theme_.px(2));
    if (!boots_kernel(world))
        pen.setDashPattern(dashes[static_cast<qsizetype>(before) % dashes.size()]);
    else if (before > 0)
        pen.setDashPattern(dashes[dashes.size() - 1 - static_cast<qsizetype>(before - 1) % 2]);
    plot_->graph(static_cast<int>(line))->setPen(pen);
    names_[line]->setColor(c.ink(world));
    names_[line]->setFont(theme_.font(Type::caption, QFont::DemiBold));
}

/// As many graphs and names as there are lines.
void MemoryPlot::match_items() {
    while (names_.size() < lines_.size()) {
        plot_->addGraph();
        names_.push_back(new QCPItemText(plot_));
        names_.back()->position->setType(QCPItemPosition::ptPlotCoords);
        names_.back()->setClipToAxisRect(false);
    }
    while (names_.size() > lines_.size()) {
        plot_->removeGraph(plot_->graphCount() - 1);
        plot_->removeItem(names_.back());
        names_.pop_back();
    }
    for (std::size_t i = 0; i < lines_.size(); ++i)
        style_line(i);
}

void MemoryPlot::show_view(const ComparisonView& view) {
    std::vector<Line> lines;
    for (const SideView& side : view.sides) {
        Line& line = lines.emplace_back();
        line.world = side.world;
        line.name = Words::marked_world(side);
        for (const MemorySample& sample : side.memory_series) {
            line.times.push_back(static_cast<double>(sample.at.count()) / second);
            line.sizes.push_back(static_cast<double>(sample.host_cost) / mega);
        }
    }
    if (lines == lines_)
        return;
    lines_ = std::move(lines);
    match_items();
    end_ = 0.1;
    double highest = 0;
    has_data_ = false;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        const Line& line = lines_[i];
        plot_->graph(static_cast<int>(i))->setData(line.times, line.sizes, true);
        has_data_ = has_data_ || line.times.size() > 1;
        if (line.times.isEmpty())
            continue;
        end_ = std::max(end_, line.times.back());
        highest = std::max(highest, *std::ranges::max_element(line.sizes));
    }
    static_cast<QStackedLayout*>(layout())->setCurrentIndex(has_data_ ? 1 : 0);
    if (!has_data_)
        return;
    set_range(plot_->xAxis, end_);
    set_range(plot_->yAxis, highest * headroom);
    place_labels();
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

void MemoryPlot::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (has_data_)
        place_labels();
}

void MemoryPlot::place_labels() {
    for (std::size_t i = 0; i < lines_.size(); ++i)
        place_label(i);
    if (lines_.size() > 2)
        keep_apart();
}

void MemoryPlot::place_label(std::size_t index) {
    const Line& line = lines_[index];
    QCPItemText* name = names_[index];
    name->setVisible(!line.times.isEmpty());
    if (line.times.isEmpty())
        return;
    name->setText(line.name);
    const double at = line.times.back();
    const bool room_behind = at < end_ * 0.6;
    if (room_behind) { // beside its end, where nothing of it lies
        name->setPositionAlignment(Qt::AlignLeft | Qt::AlignBottom);
        name->position->setCoords(at, line.sizes.back());
        name->setPadding(QMargins(theme_.px(6), 0, 0, 0));
        return;
    }
    // On the highest point below it, so that it does not lie on its own line.
    double top = 0;
    for (qsizetype i = 0; i < line.times.size(); ++i)
        if (line.times[i] >= at - 0.45 * end_)
            top = std::max(top, line.sizes[i]);
    name->setPositionAlignment(Qt::AlignRight | Qt::AlignBottom);
    name->position->setCoords(at, top);
    name->setPadding(QMargins(theme_.px(2), 0, theme_.px(2), theme_.px(4)));
}

/// Worlds that cost the same have their ends at the same height: names go upwards until each has a line of its own.
void MemoryPlot::keep_apart() {
    const double shown = std::max(1, plot_->height() - theme_.px(44)); // without margins and the labels of the axis
    const double line_height = plot_->yAxis->range().size() * theme_.px(14) / shown;
    std::vector<QCPItemText*> order;
    for (std::size_t i = 0; i < names_.size(); ++i)
        if (!lines_[i].times.isEmpty())
            order.push_back(names_[i]);
    std::ranges::stable_sort(order, {}, [](const QCPItemText* name) { return name->position->coords().y(); });
    double free_from = 0;
    for (QCPItemText* name : order) {
        const QPointF at = name->position->coords();
        const double y = std::max(at.y(), free_from);
        name->position->setCoords(at.x(), y);
        free_from = y + line_height;
    }
}

} // namespace isolab
