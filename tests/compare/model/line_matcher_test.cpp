// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "compare/model/line_matcher.h"
#include "tests/support/test_main.h"

using namespace isolab;

namespace {

constexpr auto out = OutputStream::out;

/// Which of the pieces made it match, counted from 1; 0: none.
int matched_by(const std::string& pattern, const QStringList& pieces) {
    LineMatcher matcher(pattern);
    for (int i = 0; i < pieces.size(); ++i)
        if (matcher.feed(out, pieces[i].toStdString()))
            return i + 1;
    return 0;
}

} // namespace

class LineMatcherTest : public QObject {
    Q_OBJECT
  private slots:
    void it_matches_as_soon_as_the_bytes_are_there_data() {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QStringList>("pieces");
        QTest::addColumn<int>("expected");
        using Pieces = QStringList;
        QTest::newRow("a prompt") << "ready> " << Pieces{"ready> "} << 1;
        QTest::newRow("a prompt in pieces") << "^ready> " << Pieces{"rea", "dy>", " ", "more"} << 3;
        QTest::newRow("anchored at its end") << "ready$" << Pieces{"rea", "dy", " not\n"} << 0;
        QTest::newRow("anchored, then ended") << "ready$" << Pieces{"ready", "\n"} << 2;
        QTest::newRow("anchored or not") << "(ready$|done>)" << Pieces{"ready", "done>"} << 2;
        QTest::newRow("end of a word") << "\\bread\\b" << Pieces{"read", "y\n"} << 0;
        QTest::newRow("a word that has ended") << "\\bready\\b" << Pieces{"ready", " "} << 2;
        QTest::newRow("inside of a word") << "read\\B" << Pieces{"read", "y\n"} << 2;
        QTest::newRow("a look-ahead") << "ready(?! not)" << Pieces{"ready", " not\n"} << 0;
        QTest::newRow("a look-ahead that holds") << "ready(?! not)" << Pieces{"ready", " now", "\n"} << 3;
        QTest::newRow("what looks like one") << "ready[?!]" << Pieces{"ready!"} << 1;
        QTest::newRow("an escaped bracket") << "ready\\(?=" << Pieces{"ready="} << 1;
        QTest::newRow("nothing yet") << "^$" << Pieces{"", "a\n", "\n"} << 3;
    }
    void it_matches_as_soon_as_the_bytes_are_there() {
        QFETCH(QString, pattern);
        QFETCH(QStringList, pieces);
        QFETCH(int, expected);
        QCOMPARE(matched_by(pattern.toStdString(), pieces), expected);
    }

    void a_carriage_return_ends_a_line_data() {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QStringList>("pieces");
        QTest::addColumn<int>("expected");
        using Pieces = QStringList;
        QTest::newRow("progress") << "^100%$" << Pieces{"10%\r", "50%\r100%\r"} << 2;
        QTest::newRow("serial output") << "^up$" << Pieces{"boot\r\nup", "\r\n"} << 2;
        QTest::newRow("both are one end") << "^$" << Pieces{"up\r\n", "down\r", "\n"} << 0;
        QTest::newRow("an empty line") << "^$" << Pieces{"up\r\n", "\r\n"} << 2;
    }
    void a_carriage_return_ends_a_line() { it_matches_as_soon_as_the_bytes_are_there(); }

    void a_line_of_any_length_is_searched_to_its_end_data() {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<int>("piece");
        QTest::addColumn<bool>("expected");
        for (const int piece : {1021, 4096, 65536}) {
            const QByteArray size = QByteArray::number(piece);
            QTest::newRow("found" + size) << "all is ready now" << piece << true;
            QTest::newRow("the begin is gone" + size) << "^all is ready" << piece << false;
            QTest::newRow("the begin of a word is known" + size) << "\\bx" << piece << false;
            QTest::newRow("at the end" + size) << "now$" << piece << true;
        }
    }
    void a_line_of_any_length_is_searched_to_its_end() {
        QFETCH(QString, pattern);
        QFETCH(int, piece);
        QFETCH(bool, expected);
        LineMatcher matcher(pattern.toStdString());
        const std::string line = "_" + std::string(1U << 20U, 'x') + "all is ready now\n";
        bool found = false;
        std::size_t most = 0;
        for (std::size_t at = 0; at < line.size(); at += static_cast<std::size_t>(piece)) {
            found = matcher.feed(out, std::string_view(line).substr(at, static_cast<std::size_t>(piece))) || found;
            most = std::max(most, matcher.kept_bytes());
        }
        QCOMPARE(found, expected);
        QVERIFY2(most <= 2 * LineMatcher::window + 1, std::to_string(most).c_str());
    }

    void a_match_is_found_wherever_in_a_long_line_it_is() {
        for (std::size_t front = LineMatcher::window - 40; front < 3 * LineMatcher::window; front += 13) {
            LineMatcher whole("all is ready");
            QVERIFY(whole.feed(out, std::string(front, '.') + "all is ready" + std::string(9000, '.')));
        }
    }

    void streams_have_lines_of_their_own() {
        LineMatcher matcher("ready");
        QVERIFY(!matcher.feed(out, "rea"));
        QVERIFY(!matcher.feed(OutputStream::err, "dy"));
        QVERIFY(matcher.feed(out, "dy"));
    }
};

ISOLAB_TEST(LineMatcherTest)
#include "line_matcher_test.moc"
