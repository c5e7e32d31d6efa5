// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>

#include <QTimer>
#include <QVariantAnimation>
#include <QWidget>

#include "gui/charts/waterfall_layout.h"
#include "gui/theme/theme.h"

namespace isolab {

/// The race: all worlds, phase by phase, on one time axis; raw ready times as dots under each bar with the 95 %
/// interval as a band. Bars grow while a run goes on. Names of phases appear in the bars, on hover and with the
/// arrow keys.
class WaterfallView : public QWidget {
    Q_OBJECT
  public:
    explicit WaterfallView(const Theme& theme, QWidget* parent = nullptr);

    void show_view(const ComparisonView& view);
    void set_logarithmic(bool on);
    /// How often growing bars are drawn: rarely while the processors are being measured.
    void set_frame(std::chrono::milliseconds frame);
    /// Lets the bars of a finished run grow again, slowed so that it takes about five seconds; not under reduced
    /// motion.
    void replay();
    bool can_replay() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

  private:
    struct Place {
        std::size_t lane = 0, bar = 0;
        bool operator==(const Place&) const = default;
    };

    void rebuild();
    void select(std::optional<Place> place);
    QString describe(const WaterfallLane& lane, const WaterfallBar& bar) const;
    std::optional<Place> place_at(const QPointF& point) const;
    QRectF lane_area(std::size_t lane) const;
    QRectF axis_area() const;
    int height_of(double lane) const;
    std::vector<LaidBar> laid(std::size_t lane) const;
    void paint_axis(QPainter& painter) const;
    void paint_lane(QPainter& painter, std::size_t lane) const;
    void paint_names(QPainter& painter, const std::vector<LaidBar>& bars, const QRectF& area) const;
    void paint_samples(QPainter& painter, const WaterfallLane& lane, const QRectF& area) const;
    void paint_bar(QPainter& painter, const WaterfallLane& lane, const LaidBar& laid, bool selected) const;

    const Theme& theme_;
    ComparisonView view_;
    std::vector<WaterfallLane> lanes_;
    TimeAxis axis_ = TimeAxis::fit(0, 0, true);
    bool logarithmic_ = true;
    std::optional<Place> selected_;
    QTimer growth_;
    QVariantAnimation replay_;
};

} // namespace isolab
