// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "gui/theme/theme.h"

class QLabel;
class QPushButton;

namespace isolab {

/// One message with a tone and, where there is something to do, a button.
class Banner : public QWidget {
    Q_OBJECT
  public:
    explicit Banner(const Theme& theme, QWidget* parent = nullptr);
    /// `text` is shown as it is, without markup, its beginning when it is long; an empty `action` hides the button, an
    /// empty text the banner.
    void show_message(Tone tone, const QString& text, const QString& action = {});
    QString text() const;

  Q_SIGNALS:
    void action_requested();

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void restyle();

    const Theme& theme_;
    Tone tone_ = Tone::neutral;
    QLabel* text_;
    QPushButton* action_;
};

} // namespace isolab
