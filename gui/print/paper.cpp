// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/print/paper.h"

#include <cmath>

#include <QFontDatabase>

#include "engine/base/text.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

/// Letters that stand apart by more than nothing are not joined: "file" is found where a reader searches for it. Much
/// less than can be seen.
constexpr double no_ligatures = 0.05;

bool is_chinese(const std::string& language) { return language.starts_with("zh"); }

} // namespace

QFont PaperStyle::fine_font(double size, bool strong) const {
    QFont font(families);
    font.setPixelSize(static_cast<int>(std::lround(size * fine_scale)));
    font.setWeight(strong ? QFont::DemiBold : QFont::Normal);
    font.setLetterSpacing(QFont::AbsoluteSpacing, no_ligatures);
    font.setHintingPreference(QFont::PreferNoHinting); // there is no screen that letters must fit
    return font;
}

PaperStyle make_paper_style(const std::string& language) {
    const QStringList latin{u"Noto Sans"_s, u"Liberation Sans"_s, u"DejaVu Sans"_s};
    const QStringList chinese{u"Noto Sans CJK SC"_s, u"Source Han Sans SC"_s, u"WenQuanYi Micro Hei"_s};
    const QStringList there = QFontDatabase::families();
    PaperStyle style;
    for (const QString& family : is_chinese(language) ? chinese + latin : latin + chinese)
        if (there.contains(family))
            style.families << family;
    style.families << u"sans-serif"_s;
    style.colours = make_colours(light_palette());
    return style;
}

bool can_print(const std::string& language) {
    return !QFontDatabase::families(is_chinese(language) ? QFontDatabase::SimplifiedChinese : QFontDatabase::Latin)
                .isEmpty();
}

QString paper_text(const std::string& text) { return QString::fromStdString(plain_text(text)); }

} // namespace isolab
