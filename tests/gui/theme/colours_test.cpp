// SPDX-License-Identifier: GPL-3.0-or-later
#include <QRegularExpression>
#include <QTest>

#include "compare/model/world.h"
#include "gui/theme/colours.h"
#include "gui/theme/style_sheet.h"
#include "tests/support/test_main.h"

using namespace isolab;
using namespace Qt::StringLiterals;

class ColoursTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void contrast_is_that_of_the_guideline();
    void text_is_legible_in_both_themes_data();
    void text_is_legible_in_both_themes();
    void names_in_bars_are_legible_data();
    void names_in_bars_are_legible();
    void the_style_sheet_leaves_no_placeholder();
};

void ColoursTest::contrast_is_that_of_the_guideline() {
    QVERIFY(std::abs(contrast(Qt::white, Qt::black) - 21) < 0.01);
    QVERIFY(std::abs(contrast(QColor(0x77, 0x77, 0x77), Qt::white) - 4.48) < 0.01);
    QVERIFY(contrast(readable_on(QColor(0xD5, 0x5E, 0x00), Qt::white), Qt::white) >= 4.5);
}

void ColoursTest::text_is_legible_in_both_themes_data() {
    QTest::addColumn<QPalette>("palette");
    QTest::newRow("light") << light_palette();
    QTest::newRow("dark") << dark_palette();
}

void ColoursTest::text_is_legible_in_both_themes() {
    QFETCH(const QPalette, palette);
    const Colours c = make_colours(palette);
    QVERIFY(c.dark == (QLatin1StringView(QTest::currentDataTag()) == "dark"_L1));
    const std::initializer_list<std::pair<QColor, QColor>> pairs{{c.text, c.page},
                                                                 {c.text, c.surface},
                                                                 {c.muted, c.page},
                                                                 {c.muted, c.surface},
                                                                 {c.muted, c.shared},
                                                                 {c.muted, c.sunken},
                                                                 {c.primary_ink, c.surface},
                                                                 {c.on_primary, c.primary},
                                                                 {c.ready.ink, c.ready.ground},
                                                                 {c.notice.ink, c.notice.ground},
                                                                 {c.failure.ink, c.failure.ground},
                                                                 {c.neutral.ink, c.neutral.ground},
                                                                 {c.console.ink, c.console.ground},
                                                                 {c.notice.ink, c.surface}};
    for (const World& world : known_worlds())
        QVERIFY2(contrast(c.ink(world.id), c.surface) >= 4.5, world.id.c_str());
    int index = 0;
    for (const auto& [ink, ground] : pairs) {
        const double found = contrast(ink, ground);
        QVERIFY2(found >= 4.5,
                 qPrintable(u"pair %1: %2 on %3 has %4"_s.arg(index).arg(ink.name(), ground.name()).arg(found)));
        ++index;
    }
}

void ColoursTest::names_in_bars_are_legible_data() { text_is_legible_in_both_themes_data(); }

void ColoursTest::names_in_bars_are_legible() {
    QFETCH(const QPalette, palette);
    const Colours c = make_colours(palette);
    for (const World& world : known_worlds())
        for (std::size_t i = 0; i < phase_count; ++i) {
            const QColor fill = phase_tint(c, world.id, static_cast<Phase>(i));
            const double found = contrast(text_on(fill), fill);
            QVERIFY2(found >= 4.5, qPrintable(u"%1 %2: %3"_s.arg(fill.name()).arg(i).arg(found)));
        }
}

void ColoursTest::the_style_sheet_leaves_no_placeholder() {
    const QString sheet = style_sheet(make_colours(dark_palette()), 1.5);
    QVERIFY(!sheet.contains(u'$'));
    QVERIFY(sheet.contains(u"chevron-down-dark.svg"_s));
    QVERIFY(sheet.contains(u"font-size: 24px"_s));
    QVERIFY(!QRegularExpression(u":\\s*;"_s).match(sheet).hasMatch());
}

ISOLAB_TEST(ColoursTest)
#include "colours_test.moc"
