// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <QVector>
#include <QWidget>

#include "gui/models/side_view.h"
#include "gui/theme/theme.h"

class QCPItemText;
class QCustomPlot;
class QLabel;

namespace isolab {

/// Host cost in memory over the time of one run, all worlds on one pair of axes that begin at zero. The lines differ in
/// dash and carry their names.
class MemoryPlot : public QWidget {
    Q_OBJECT
  public:
    explicit MemoryPlot(const Theme& theme, QWidget* parent = nullptr);
    void show_view(const ComparisonView& view);
    bool has_data() const noexcept { return has_data_; }

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    /// One line: the samples of one side, s and MB.
    struct Line {
        QVector<double> times, sizes;
        std::string world;
        QString name;
        bool operator==(const Line&) const = default;
    };

    void restyle();
    void match_items();
    void style_line(std::size_t line);
    void place_labels();
    void place_label(std::size_t line);
    void keep_apart();

    const Theme& theme_;
    QCustomPlot* plot_;
    QLabel* empty_;
    std::vector<QCPItemText*> names_; ///< of each line
    std::vector<Line> lines_;         ///< as drawn
    double end_ = 0;                  ///< of the longest line, s
    bool has_data_ = false;
};

} // namespace isolab
