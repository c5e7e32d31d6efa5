// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCoreApplication>
#include <QTest>

#include "gui/options.h"
#include "tests/support/test_main.h"

using namespace isolab;
using namespace Qt::StringLiterals;

class OptionsTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void the_machine_is_chosen_as_on_the_command_line();
    void a_page_is_chosen();
    void bad_values_are_named();
    void the_language_is_read_before_the_rest();
};

void OptionsTest::the_machine_is_chosen_as_on_the_command_line() {
    const auto options = parse_options({u"isolab-gui"_s, u"--connect"_s, u"qemu:///system"_s, u"--accelerator"_s,
                                        u"TCG"_s, u"--kernel"_s, u"/boot/vmlinuz"_s, u"--runs"_s, u"7"_s});
    QVERIFY(options);
    QCOMPARE(options->libvirt_uri.value_or(""), std::string("qemu:///system"));
    QVERIFY(options->accelerator == Accelerator::tcg);
    QCOMPARE(options->kernel.value_or(""), std::string("/boot/vmlinuz"));
    QCOMPARE(options->runs.value_or(0), 7U);
    const auto none = parse_options({u"isolab-gui"_s});
    QVERIFY(none && !none->libvirt_uri && !none->accelerator && !none->kernel);
}

void OptionsTest::a_page_is_chosen() {
    QVERIFY(parse_options({u"isolab-gui"_s})->page == StartPage::compare);
    QVERIFY(parse_options({u"isolab-gui"_s, u"--page"_s, u"book"_s})->page == StartPage::book);
    QVERIFY(parse_options({u"isolab-gui"_s, u"--page=system"_s})->page == StartPage::system);
}

void OptionsTest::bad_values_are_named() {
    for (const QStringList& bad : {QStringList{u"--accelerator"_s, u"hvf"_s}, QStringList{u"--runs"_s, u"0"_s},
                                   QStringList{u"--theme"_s, u"red"_s}, QStringList{u"--page"_s, u"history"_s}}) {
        const auto options = parse_options(QStringList{u"isolab-gui"_s} + bad);
        QVERIFY(!options);
        QCOMPARE(options.error().subject, bad.front().toStdString());
    }
}

void OptionsTest::the_language_is_read_before_the_rest() {
    QCOMPARE(wanted_language({u"isolab-gui"_s, u"--language=zh_CN"_s}), u"zh_CN"_s);
    QCOMPARE(wanted_language({u"isolab-gui"_s, u"--language"_s, u"de"_s}), u"de"_s);
}

ISOLAB_TEST(OptionsTest)
#include "options_test.moc"
