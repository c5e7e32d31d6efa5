// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/memory_plot.h"

#include <algorithm>

#include <QLabel>
#include <QStackedLayout>
#include <qcustomplot.h>

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
    for (std::size_t i = 0; i < names_.size(); ++i) {
        plot_->addGraph();
        names_[i] = new QCPItemText(plot_);
        names_[i]->position->setType(QCPItemPosition::ptPlotCoords);
        names_[i]->setClipToAxisRect(false);
    }
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
    for (const ShownWorld world : {ShownWorld::container, ShownWorld::vm}) {
        const auto i = static_cast<int>(world);
        QPen pen(c.fill(world), theme_.px(2));
        pen.setStyle(world == ShownWorld::vm ? Qt::SolidLine : Qt::DashLine);
        plot_->graph(i)->setPen(pen);
        names_[static_cast<std::size_t>(i)]->setColor(c.ink(world));
        names_[static_cast<std::size_t>(i)]->setFont(theme_.font(Type::caption, QFont::DemiBold));
    }
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

void MemoryPlot::show_view(const ComparisonView& view) {
    std::array<Line, 2> lines;
    for (const SideView& side : view.sides) {
        Line& line = lines[static_cast<std::size_t>(side.world)];
        line.name = Words::marked_world(side).toLower().replace("tcg"_L1, "TCG"_L1);
        for (const MemorySample& sample : side.memory_series) {
            line.times.push_back(static_cast<double>(sample.at.count()) / second);
            line.sizes.push_back(static_cast<double>(sample.host_cost) / mega);
        }
    }
    if (lines == lines_)
        return;
    lines_ = std::move(lines);
    double last = 0.1;
    double highest = 0;
    has_data_ = false;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        const Line& line = lines_[i];
        plot_->graph(static_cast<int>(i))->setData(line.times, line.sizes, true);
        has_data_ = has_data_ || line.times.size() > 1;
        if (line.times.isEmpty())
            continue;
        last = std::max(last, line.times.back());
        highest = std::max(highest, *std::ranges::max_element(line.sizes));
    }
    static_cast<QStackedLayout*>(layout())->setCurrentIndex(has_data_ ? 1 : 0);
    if (!has_data_)
        return;
    set_range(plot_->xAxis, last);
    set_range(plot_->yAxis, highest * headroom);
    for (const ShownWorld world : {ShownWorld::container, ShownWorld::vm})
        place_label(world, last);
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

void MemoryPlot::place_label(ShownWorld world, double end_of_all) {
    const Line& line = lines_[static_cast<std::size_t>(world)];
    QCPItemText* name = names_[static_cast<std::size_t>(world)];
    name->setVisible(!line.times.isEmpty());
    if (line.times.isEmpty())
        return;
    name->setText(line.name);
    const double at = line.times.back();
    const bool room_behind = at < end_of_all * 0.6;
    if (room_behind) { // beside its end, where nothing of it lies
        name->setPositionAlignment(Qt::AlignLeft | Qt::AlignBottom);
        name->position->setCoords(at, line.sizes.back());
        name->setPadding(QMargins(theme_.px(6), 0, 0, 0));
        return;
    }
    // On the highest point below it, so that it does not lie on its own line.
    double top = 0;
    for (qsizetype i = 0; i < line.times.size(); ++i)
        if (line.times[i] >= at - 0.45 * end_of_all)
            top = std::max(top, line.sizes[i]);
    name->setPositionAlignment(Qt::AlignRight | Qt::AlignBottom);
    name->position->setCoords(at, top);
    name->setPadding(QMargins(theme_.px(2), 0, theme_.px(2), theme_.px(4)));
}

} // namespace isolab
