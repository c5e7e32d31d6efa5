// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "gui/theme/theme.h"

namespace isolab {

/// A state in one word on a rounded ground.
class Pill : public QWidget {
    Q_OBJECT
  public:
    explicit Pill(const Theme& theme, QWidget* parent = nullptr);
    void show_state(const QString& text, Tone tone);
    const QString& text() const noexcept { return text_; }
    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    const Theme& theme_;
    QString text_;
    Tone tone_ = Tone::neutral;
};

} // namespace isolab
