// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

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
    void restyle();
    void place_labels(const ComparisonView& view);

    const Theme& theme_;
    QCustomPlot* plot_;
    QLabel* empty_;
    std::array<QCPItemText*, 2> names_{};
    bool has_data_ = false;
};

} // namespace isolab
