// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/theme/theme.h"

#include <algorithm>
#include <cmath>

#include <QApplication>
#include <QFontDatabase>
#include <QStyle>

#include "gui/theme/style_sheet.h"

namespace isolab {

using namespace Qt::StringLiterals;

Theme::Theme(QObject* parent) : QObject(parent), system_palette_(QApplication::palette()) { apply(); }

void Theme::choose(Choice choice) {
    choice_ = choice;
    apply();
}

void Theme::set_scale(int percent) {
    scale_ = std::clamp(percent, 80, 250);
    apply();
}

int Theme::px(double units) const noexcept { return static_cast<int>(std::lround(units * scale_ / 100.0)); }

QFont Theme::font(Type type, QFont::Weight weight) const {
    QFont font = QApplication::font();
    font.setPixelSize(px(static_cast<int>(type)));
    font.setWeight(weight);
#if QT_VERSION >= QT_VERSION_CHECK(6, 7, 0)
    font.setFeature("tnum", 1);
#endif
    return font;
}

QFont Theme::fixed_font() const {
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPixelSize(px(12));
    return font;
}

bool Theme::animated() const {
    return QApplication::style()->styleHint(QStyle::SH_Widget_Animation_Duration) > 0 &&
           qEnvironmentVariableIntValue("ISOLAB_REDUCED_MOTION") == 0;
}

void Theme::apply() {
    const QPalette palette = choice_ == Choice::dark    ? dark_palette()
                             : choice_ == Choice::light ? light_palette()
                                                        : system_palette_;
    colours_ = make_colours(palette);
    QApplication::setPalette(palette);
    QApplication::setFont(font(Type::body));
    qApp->setStyleSheet(style_sheet(colours_, scale_ / 100.0));
    Q_EMIT changed();
}

Theme::Choice theme_choice(const QString& name) {
    return name == "dark"_L1 ? Theme::Choice::dark : name == "light"_L1 ? Theme::Choice::light : Theme::Choice::system;
}

QString theme_name(Theme::Choice choice) {
    return choice == Theme::Choice::dark ? u"dark"_s : choice == Theme::Choice::light ? u"light"_s : u"system"_s;
}

} // namespace isolab
