// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QSet>
#include <QTest>
#include <QXmlStreamReader>

#include "compare/adapters/session.h"
#include "compare/measure/environment.h"
#include "compare/measure/guard.h"
#include "compare/model/workload.h"
#include "engine/base/json.h"
#include "gui/models/library_sentences.h"
#include "gui/models/words.h"
#include "gui/translator.h"
#include "tests/gui/support/gui_test.h"
#include "tests/support/places.h"

using namespace isolab;
using namespace isolab::test;
using namespace Qt::StringLiterals;

class TranslationTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void every_message_is_translated();
    void placeholders_survive();
    void chinese_is_installed_and_spoken();
    void words_of_the_libraries_are_known();
    void english_needs_no_translation();

  private:
    struct Message {
        QString source, translation;
        bool unfinished = false;
    };
    static QList<Message> messages();
};

QList<TranslationTest::Message> TranslationTest::messages() {
    QFile file(QString::fromStdString(source_file("translations/isolab_zh_CN.ts")));
    QList<Message> all;
    if (!file.open(QIODevice::ReadOnly))
        return all;
    QXmlStreamReader xml(&file);
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement)
            continue;
        if (xml.name() == u"source")
            all.push_back({xml.readElementText(), {}, false});
        else if (xml.name() == u"translation") {
            all.back().unfinished = xml.attributes().hasAttribute(u"type"_s);
            all.back().translation = xml.readElementText();
        }
    }
    return all;
}

void TranslationTest::every_message_is_translated() {
    const auto all = messages();
    QVERIFY(all.size() > 200);
    for (const Message& message : all)
        QVERIFY2(!message.unfinished && !message.translation.isEmpty(), qPrintable(message.source));
}

void TranslationTest::placeholders_survive() {
    for (const Message& message : messages())
        for (const QString& place : {u"%1"_s, u"%2"_s, u"%3"_s, u"%4"_s, u"%5"_s, u"%6"_s})
            QVERIFY2(message.source.contains(place) == message.translation.contains(place), qPrintable(message.source));
}

void TranslationTest::chinese_is_installed_and_spoken() {
    QVERIFY(install_language(u"zh_CN"_s));
    QCOMPARE(Words::world("vm"), u"虚拟机"_s);
    QCOMPARE(Words::phase(Phase::kernel), u"内核"_s);
    const auto workloads = load_workloads(source_file("resources/workloads"));
    QVERIFY(workloads);
    for (const Workload& workload : listed_workloads(*workloads))
        QVERIFY2(Words::known(workload.summary) != QString::fromStdString(workload.summary), workload.id.c_str());
    QCOMPARE(Words::known("a text nobody translated"), u"a text nobody translated"_s);
    QCOMPARE(Words::headline("container 11.8 ms, vm 1.42 s (120×)"), u"容器 11.8 ms, 虚拟机 1.42 s (120×)"_s);
    QCOMPARE(Words::headline("memory: Virtual machine 46.2× (45.6× – 47.9×), of another version 2×"),
             u"内存：虚拟机 46.2× (45.6× – 47.9×), of another version 2×"_s);
    QCOMPARE(translated_sentences("works in /data/%1/layers"), u"在 /data/%1/layers 中可用"_s);
    QCOMPARE(translated_sentences("the KVM of this virtual machine (KVM Pod) is a paravirtual one, without the CPU's "
                                  "help, and does not run guests properly: it was not tried. Use a real machine, or a "
                                  "virtual one whose CPU shows vmx or svm"),
             u"这台虚拟机（KVM Pod）的 KVM 是半虚拟化的，没有 CPU 的支持，不能正常运行客户机：没有尝试过。"
             u"请使用物理机，或 CPU 带有 vmx 或 svm 的虚拟机"_s);
    QCOMPARE(translated_sentences("a cause nobody translated"), u"a cause nobody translated"_s);
}

/// What the libraries may say about a machine or a result, with its numbers filled in.
void TranslationTest::words_of_the_libraries_are_known() {
    QVERIFY(install_language(u"zh_CN"_s));
    const auto is_known = [](const std::string& english) {
        return Words::known(english) != QString::fromStdString(english);
    };
    const QSet<QString> names{u"QEMU"_s, u"isolab-runtime"_s}; // the same in every language
    for (const Prerequisite& one : Session::check({}))
        QVERIFY2(is_known(one.title) || names.contains(QString::fromStdString(one.title)), one.title.c_str());
    const Json poor{{"cpu", {{"governor", "powersave"}, {"count", 2}}},
                    {"on_battery", true},
                    {"debug_build", true},
                    {"memory", {{"swap_total", 2e9}, {"swap_free", 1e9}}}};
    const Json load{{"load1", 7.5}, {"pressure_memory", 50}, {"disk_free", 1e8}};
    const std::vector<Notice> notices = guard(poor, load);
    QCOMPARE(notices.size(), std::size_t{7});
    for (const Notice& notice : notices) {
        QVERIFY2(Words::fact(notice.text).toStdString() != english(notice.text), notice.id.c_str());
        QVERIFY2(Words::fact(notice.remedy).toStdString() != english(notice.remedy), notice.id.c_str());
    }
    QVERIFY(Words::fact(notices[4].text).contains(u"7.5"_s));
    QVERIFY(Words::fact(notices[3].text).contains(u"1.00\u00a0GB"_s));
    const Fact killed = Fact::said(
        "notice.killed", {Fact::said("world.container"), Fact::quantity(2, "count"), Fact::quantity(10, "count")});
    QCOMPARE(Words::fact(killed), u"容器：10 次运行中有 2 次不理会停止信号，被强制结束。它们的停止时间不计入结果。"_s);
    QCOMPARE(Words::fact(Fact::said("limits.none", {"no %1 controller"})), u"未强制执行：no %1 controller"_s);
    QCOMPARE(Words::fact(Fact::said("notice.disk_made_again", {"it is empty"})),
             u"虚拟机：其磁盘已损坏，已重新制作：它是空的。"_s);
}

void TranslationTest::english_needs_no_translation() { QVERIFY(!install_language(u"en_GB"_s)); }

ISOLAB_GUI_TEST(TranslationTest)
#include "translation_test.moc"
