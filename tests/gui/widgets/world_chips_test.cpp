// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "compare/model/world.h"
#include "gui/models/words.h"
#include "gui/widgets/world_chips.h"
#include "tests/gui/support/gui_test.h"

using namespace isolab;
using namespace Qt::StringLiterals;

namespace {

using Worlds = std::vector<std::string>;

QPushButton& chip(const WorldChips& chips, const std::string& world) {
    for (QPushButton* each : chips.findChildren<QPushButton*>())
        if (each->text() == Words::world(world))
            return *each;
    qFatal("there is no chip of %s", world.c_str());
    Q_UNREACHABLE();
}

/// All of this machine, of which one cannot be used.
std::vector<WorldStatus> all_but(const std::string& unusable) {
    std::vector<WorldStatus> all;
    for (const World& world : known_worlds()) {
        WorldStatus status{world, std::nullopt};
        if (world.id == unusable)
            status.trouble =
                Error{ErrorKind::not_found, "find", "youki", "it is not installed", "Install <b>youki</b>"};
        all.push_back(status);
    }
    return all;
}

} // namespace

class WorldChipsTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void container_and_machine_at_first();
    void a_click_adds_a_world_in_the_known_order();
    void the_last_one_stays();
    void no_more_than_fit_beside_each_other();
    void one_that_cannot_be_used_says_why();
    void a_world_of_another_version_gets_a_chip();
    void chips_take_as_many_lines_as_they_need();
    void they_are_chosen_by_keyboard();
};

void WorldChipsTest::container_and_machine_at_first() {
    const Theme theme;
    const WorldChips chips(theme);
    QCOMPARE(chips.chosen(), (Worlds{"container", "vm"}));
}

void WorldChipsTest::a_click_adds_a_world_in_the_known_order() {
    const Theme theme;
    const WorldChips chips(theme);
    const QSignalSpy changes(&chips, &WorldChips::chosen_changed);
    chip(chips, "native").click();
    QCOMPARE(chips.chosen(), (Worlds{"native", "container", "vm"}));
    chip(chips, "container").click();
    QCOMPARE(chips.chosen(), (Worlds{"native", "vm"}));
    QCOMPARE(changes.count(), 2);
}

void WorldChipsTest::the_last_one_stays() {
    const Theme theme;
    const WorldChips chips(theme);
    chip(chips, "vm").click();
    chip(chips, "container").click();
    QCOMPARE(chips.chosen(), Worlds{"container"});
}

void WorldChipsTest::no_more_than_fit_beside_each_other() {
    const Theme theme;
    WorldChips chips(theme);
    chips.show_worlds(all_but(""));
    chips.choose({"native", "container", "runc", "crun", "vm", "vm-standard"});
    QVERIFY(!chip(chips, "vm-full").isEnabled());
    QVERIFY(chip(chips, "vm-full").toolTip().contains(u"leave one out first"_s));
    chip(chips, "runc").click();
    QVERIFY(chip(chips, "vm-full").isEnabled());
}

void WorldChipsTest::one_that_cannot_be_used_says_why() {
    const Theme theme;
    WorldChips chips(theme);
    chips.show_worlds(all_but("youki"));
    QVERIFY(!chip(chips, "youki").isEnabled());
    QVERIFY(chip(chips, "youki").toolTip().contains(u"it is not installed"_s));
    QVERIFY(!chip(chips, "youki").toolTip().contains(u"<b>"_s));
    QVERIFY(chip(chips, "runc").isEnabled());
    chips.set_available(u"A comparison runs"_s);
    QVERIFY(!chip(chips, "runc").isEnabled());
    QVERIFY(chip(chips, "runc").toolTip().contains(u"A comparison runs"_s));
}

void WorldChipsTest::a_world_of_another_version_gets_a_chip() {
    const Theme theme;
    WorldChips chips(theme);
    chips.choose({"container", "moon"});
    QCOMPARE(chips.chosen(), (Worlds{"container", "moon"}));
}

void WorldChipsTest::chips_take_as_many_lines_as_they_need() {
    const Theme theme;
    WorldChips chips(theme);
    const int line = chips.heightForWidth(10000);
    QVERIFY(chips.heightForWidth(chips.sizeHint().width() / 2) >= 2 * line);
    chips.resize(chips.sizeHint().width() / 2, 200);
    chips.show();
    for (const QPushButton* each : chips.findChildren<QPushButton*>())
        QVERIFY2(chips.rect().contains(each->geometry()), qPrintable(each->text()));
}

void WorldChipsTest::they_are_chosen_by_keyboard() {
    const Theme theme;
    const WorldChips chips(theme);
    QTest::keyClick(&chip(chips, "native"), Qt::Key_Space);
    QCOMPARE(chips.chosen(), (Worlds{"native", "container", "vm"}));
}

ISOLAB_GUI_TEST(WorldChipsTest)
#include "world_chips_test.moc"
