// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "gui/models/figure.h"
#include "gui/theme/theme.h"

namespace isolab {

/// The number that is read first: large, in its world's colour, its unit smaller and grey, a caption of up to
/// two lines under it.
class BigNumber : public QWidget {
    Q_OBJECT
  public:
    BigNumber(const Theme& theme, std::string world, QWidget* parent = nullptr);
    /// An empty value is drawn as a dash.
    void show_figure(const Figure& figure, const QString& caption);
    const Figure& figure() const noexcept { return figure_; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    const Theme& theme_;
    std::string world_;
    Figure figure_;
    QString caption_;
};

} // namespace isolab
