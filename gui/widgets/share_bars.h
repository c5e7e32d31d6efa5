// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include <QWidget>

#include "gui/models/figure.h"
#include "gui/theme/theme.h"

namespace isolab {

/// One bar: its own part in the world's colour, a shared part hatched in grey behind it.
struct ShareBar {
    std::string world; ///< its id
    QString name;
    std::optional<double> own, shared; ///< in one unit for all bars of a view
    QString text;                      ///< at the end: "84 kB unique · 4.6 MB shared"
    bool operator==(const ShareBar&) const = default;
};

/// Bars of both worlds on one linear axis from zero, each with its figures as text.
class ShareBars : public QWidget {
    Q_OBJECT
  public:
    explicit ShareBars(const Theme& theme, QWidget* parent = nullptr);
    void show_bars(std::vector<ShareBar> bars);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    const Theme& theme_;
    std::vector<ShareBar> bars_;
};

} // namespace isolab
