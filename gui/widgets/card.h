// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <QWidget>

#include "gui/theme/theme.h"

namespace isolab {

/// A sheet with one hairline and a title; of a world, with that world's colour along its upper edge.
class Card : public QWidget {
    Q_OBJECT
  public:
    Card(const Theme& theme, const QString& title, std::string world = {}, QWidget* parent = nullptr);

    void set_title(const QString& title);
    QVBoxLayout* body() noexcept { return body_; }           ///< under the title
    QHBoxLayout* title_row() noexcept { return title_row_; } ///< to the right of the title

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void resize_margins();

    const Theme& theme_;
    std::string world_;
    QLabel* title_ = nullptr;
    QVBoxLayout* outer_;
    QHBoxLayout* title_row_;
    QVBoxLayout* body_;
};

} // namespace isolab
