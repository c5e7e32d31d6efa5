// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QTest>
#include <QXmlStreamReader>

#include "compare/workload.h"
#include "gui/models/words.h"
#include "gui/translator.h"

using namespace isolab;
using namespace Qt::StringLiterals;

class TranslationTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void every_message_is_translated();
    void placeholders_survive();
    void chinese_is_installed_and_spoken();
    void english_needs_no_translation();

  private:
    struct Message {
        QString source, translation;
        bool unfinished = false;
    };
    static QList<Message> messages();
};

QList<TranslationTest::Message> TranslationTest::messages() {
    QFile file(QStringLiteral(ISOLAB_SOURCE_DIR) + u"/translations/isolab_zh_CN.ts"_s);
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
        for (const QString& place : {u"%1"_s, u"%2"_s, u"%3"_s, u"%4"_s})
            QVERIFY2(message.source.contains(place) == message.translation.contains(place), qPrintable(message.source));
}

void TranslationTest::chinese_is_installed_and_spoken() {
    QVERIFY(install_language(u"zh_CN"_s));
    QCOMPARE(Words::world(World::vm), u"虚拟机"_s);
    QCOMPARE(Words::phase(Phase::kernel), u"内核"_s);
    const auto workloads = load_workloads(ISOLAB_SOURCE_DIR "/resources/workloads");
    QVERIFY(workloads);
    for (const Workload& workload : *workloads)
        QVERIFY2(Words::known(workload.summary) != QString::fromStdString(workload.summary), workload.id.c_str());
    QCOMPARE(Words::known("a text nobody translated"), u"a text nobody translated"_s);
}

void TranslationTest::english_needs_no_translation() { QVERIFY(!install_language(u"en_GB"_s)); }

QTEST_MAIN(TranslationTest)
#include "translation_test.moc"
