// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/text.h"
#include "tests/support/test_main.h"

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
    void foreign_text_cannot_steer_a_terminal_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("plain");
        QTest::newRow("ordinary") << QByteArray("caf\xc3\xa9 10 \xc2\xb5s") << QByteArray("caf\xc3\xa9 10 \xc2\xb5s");
        QTest::newRow("escape") << QByteArray("\x1b[2J") << QByteArray("\xef\xbf\xbd[2J");
        QTest::newRow("lines") << QByteArray("a\r\nb\tc") << QByteArray("a  b c");
        QTest::newRow("C1 introducer") << QByteArray("\xc2\x9b"
                                                     "2J")
                                       << QByteArray("\xef\xbf\xbd"
                                                     "2J");
        QTest::newRow("right to left") << QByteArray("\xe2\x80\xae"
                                                     "x")
                                       << QByteArray("\xef\xbf\xbd"
                                                     "x");
        QTest::newRow("not UTF-8") << QByteArray("\xff\xc3") << QByteArray("\xef\xbf\xbd\xef\xbf\xbd");
        QTest::newRow("written too long") << QByteArray("\xc0\x80") << QByteArray("\xef\xbf\xbd\xef\xbf\xbd");
    }
    void foreign_text_cannot_steer_a_terminal() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, plain);
        QCOMPARE(QByteArray::fromStdString(plain_text(text.toStdString())), plain);
        QCOMPARE(plain_text("\u00b5\u00b5\u00b5", 2), std::string("\u00b5\u00b5…"));
        QCOMPARE(plain_text("\u00b5\u00b5", 2), std::string("\u00b5\u00b5"));
    }
    void bytes_become_two_digits_each() {
        const std::array<std::uint8_t, 3> bytes{0x00, 0x0f, 0xa5};
        QCOMPARE(hex_text(bytes), std::string("000fa5"));
        QCOMPARE(hex_text(bytes, ":"), std::string("00:0f:a5"));
        QCOMPARE(hex_text({}, ":"), std::string());
    }
};

ISOLAB_TEST(TextTest)
#include "text_test.moc"
