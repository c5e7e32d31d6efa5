// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/text.h"

#include <QtTest>

using namespace isolab;

class TextTest : public QObject {
    Q_OBJECT
  private slots:
    void well_formed_utf8_is_told() {
        for (const char* good : {"", "plain", "\u00e9", "\u5bb9\u5668", "\U0001F600", "\u07ff", "\U0010FFFF"})
            QVERIFY2(is_utf8(good), good);
        for (const char* bad : {"\xff", "a\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                "\xf8\x88\x80\x80\x80", "\xe5\xae", "\xc3"})
            QVERIFY2(!is_utf8(bad), bad);
    }
    void agrees_with_qt_on_random_bytes() {
        std::uint32_t state = 12345;
        for (int round = 0; round < 20000; ++round) {
            std::string bytes;
            for (int i = 0; i < 6; ++i) {
                state = state * 1664525U + 1013904223U;
                bytes += static_cast<char>(state >> 24U);
            }
            QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
            [[maybe_unused]] const QString decoded = decoder(QByteArrayView(bytes.data(), qsizetype(bytes.size())));
            QVERIFY2(is_utf8(bytes) == !decoder.hasError(), QByteArray::fromStdString(bytes).toHex().constData());
        }
    }
    void hostile_text_becomes_printable() {
        QCOMPARE(printable("ok \u5bb9"), std::string("ok \u5bb9"));
        QCOMPARE(printable("\x1b]0;own\x07\r\n"), std::string("?]0;own???"));
        QCOMPARE(printable("\xc2\x9b"
                           "31m"),
                 std::string("?31m"));
        QCOMPARE(printable("a\xff"), std::string("a?"));
        QCOMPARE(printable("abcdef", 3), std::string("abc..."));
        QCOMPARE(printable("abc", 3), std::string("abc"));
    }
};

QTEST_APPLESS_MAIN(TextTest)
#include "text_test.moc"
