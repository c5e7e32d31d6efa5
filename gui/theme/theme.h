// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QObject>

#include "gui/theme/colours.h"

namespace isolab {

/// Sizes of type in design units; one unit is one pixel at 100 %.
enum class Type { caption = 11, small = 12, body = 13, section = 16, number = 40 };

/// How the program looks: one object, owned by main(), passed by reference to every widget that paints.
/// GUI thread only. Applying a choice sets palette, font and style sheet of the application.
class Theme : public QObject {
    Q_OBJECT
  public:
    enum class Choice { system, light, dark };

    /// Remembers the application's own palette as that of Choice::system.
    explicit Theme(QObject* parent = nullptr);

    void choose(Choice choice);
    void set_scale(int percent); ///< 100, 125 or 150: for a projector; other values are clamped to 80..250
    Choice choice() const noexcept { return choice_; }
    int scale() const noexcept { return scale_; }

    const Colours& colours() const noexcept { return colours_; }
    /// Design units to device-independent pixels.
    int px(double units) const noexcept;
    /// `weight` as QFont::Weight; digits are tabular.
    QFont font(Type type, QFont::Weight weight = QFont::Normal) const;
    QFont fixed_font() const;
    /// False when the desktop or ISOLAB_REDUCED_MOTION=1 asks for no motion.
    bool animated() const;

  Q_SIGNALS:
    void changed(); ///< colours or sizes; widgets update their geometry and repaint

  private:
    void apply();

    QPalette system_palette_;
    Choice choice_ = Choice::system;
    int scale_ = 100;
    Colours colours_;
};

/// "system", "light", "dark" and back; unknown names mean system.
Theme::Choice theme_choice(const QString& name);
QString theme_name(Theme::Choice choice);

} // namespace isolab
