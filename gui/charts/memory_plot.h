// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include <QVector>
#include <QWidget>

#include "gui/models/side_view.h"
#include "gui/theme/theme.h"

class QCPItemText;
class QCustomPlot;
class QLabel;

namespace isolab {

/// Host cost in memory over the time of one run, both worlds on one pair of axes that begin at zero. The lines
/// differ in dash and carry their names.
class MemoryPlot : public QWidget {
    Q_OBJECT
  public:
    explicit MemoryPlot(const Theme& theme, QWidget* parent = nullptr);
    void show_view(const ComparisonView& view);
    bool has_data() const noexcept { return has_data_; }

  private:
    /// One line: the samples of one side, s and MB.
    struct Line {
        QVector<double> times, sizes;
        QString name;
        bool operator==(const Line&) const = default;
    };

    void restyle();
    void place_label(ShownWorld world, double end_of_all);

    const Theme& theme_;
    QCustomPlot* plot_;
    QLabel* empty_;
    std::array<QCPItemText*, 2> names_{};
    std::array<Line, 2> lines_; ///< by ShownWorld, as drawn
    bool has_data_ = false;
};

} // namespace isolab
