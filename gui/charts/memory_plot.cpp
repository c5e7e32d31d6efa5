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

/// Axis numbers with their unit.
class UnitTicker : public QCPAxisTicker {
  public:
    explicit UnitTicker(QString unit, int count) : unit_(std::move(unit)) { setTickCount(count); }

  protected:
    QString getTickLabel(double tick, const QLocale&, QChar, int) override {
        return round_number(std::abs(tick) < 1e-9 ? 0 : tick) + u'\u00a0' + unit_;
    }

  private:
    QString unit_;
};

double last_time(const ComparisonView& view) {
    double last = 0;
    for (const SideView& side : view.sides)
        for (const MemorySample& sample : side.memory_series)
            last = std::max(last, static_cast<double>(sample.at.count()) / second);
    return last;
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
        names_[i]->setPositionAlignment(Qt::AlignRight | Qt::AlignBottom);
    }
    plot_->setAccessibleName(tr("Memory over time"));
    plot_->setMinimumHeight(theme.px(110));
    plot_->xAxis->setTicker(QSharedPointer<UnitTicker>::create(u"s"_s, 4));
    plot_->yAxis->setTicker(QSharedPointer<UnitTicker>::create(u"MB"_s, 4));
    connect(&theme, &Theme::changed, this, &MemoryPlot::restyle);
    restyle();
}

void MemoryPlot::restyle() {
    const Colours& c = theme_.colours();
    plot_->setBackground(QBrush(c.surface));
    for (QCPAxis* axis : {plot_->xAxis, plot_->yAxis}) {
        axis->setTickLabelFont(theme_.font(Type::caption));
        axis->setTickLabelColor(c.muted);
        axis->setTickPen(Qt::NoPen);
        axis->setSubTickPen(Qt::NoPen);
        axis->setBasePen(Qt::NoPen);
        axis->grid()->setPen(QPen(c.grid, 1));
        axis->grid()->setZeroLinePen(QPen(c.hairline, 1));
    }
    plot_->xAxis->grid()->setVisible(false);
    plot_->xAxis->setBasePen(QPen(c.hairline, 1));
    for (const World world : {World::container, World::vm}) {
        const auto i = static_cast<int>(world);
        QPen pen(c.fill(world), theme_.px(2));
        pen.setStyle(world == World::vm ? Qt::SolidLine : Qt::DashLine);
        plot_->graph(i)->setPen(pen);
        names_[static_cast<std::size_t>(i)]->setColor(c.ink(world));
        names_[static_cast<std::size_t>(i)]->setFont(theme_.font(Type::caption, QFont::DemiBold));
        names_[static_cast<std::size_t>(i)]->setText(Words::world(world).toLower());
    }
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

void MemoryPlot::show_view(const ComparisonView& view) {
    double highest = 0;
    has_data_ = false;
    for (const SideView& side : view.sides) {
        QVector<double> times;
        QVector<double> sizes;
        for (const MemorySample& sample : side.memory_series) {
            times.push_back(static_cast<double>(sample.at.count()) / second);
            sizes.push_back(static_cast<double>(sample.host_cost) / mega);
            highest = std::max(highest, sizes.back());
        }
        has_data_ = has_data_ || times.size() > 1;
        plot_->graph(static_cast<int>(side.world))->setData(times, sizes, true);
    }
    static_cast<QStackedLayout*>(layout())->setCurrentIndex(has_data_ ? 1 : 0);
    if (!has_data_)
        return;
    plot_->xAxis->setRange(0, std::max(last_time(view), 0.1));
    plot_->yAxis->setRange(0, highest * 1.2);
    place_labels(view);
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

void MemoryPlot::place_labels(const ComparisonView& view) {
    for (const SideView& side : view.sides) {
        QCPItemText* name = names_[static_cast<std::size_t>(side.world)];
        name->setVisible(!side.memory_series.empty());
        if (side.memory_series.empty())
            continue;
        const MemorySample& end = side.memory_series.back();
        const double at = static_cast<double>(end.at.count()) / second;
        const bool near_left = at < last_time(view) * 0.35;
        name->setPositionAlignment((near_left ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignBottom);
        name->position->setCoords(at, static_cast<double>(end.host_cost) / mega);
        name->setPadding(QMargins(theme_.px(2), 0, theme_.px(2), theme_.px(4)));
    }
}

} // namespace isolab
