// SPDX-License-Identifier: GPL-3.0-or-later
//
// Widgets that show what a workload wrote.
#include <QLabel>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QTest>

#include "gui/widgets/banner.h"
#include "gui/widgets/output_view.h"
#include "tests/gui/support/gui_test.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace Qt::StringLiterals;

class TextWidgetsTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void a_banner_shows_markup_as_text();
    void a_banner_cuts_what_is_too_long();
    void output_goes_on_where_it_was();
    void a_character_split_between_two_frames_stays_whole();
    void another_run_replaces_the_output();
    void endless_output_stays_bounded();
    void only_whole_lines_are_shown();
};

void TextWidgetsTest::a_banner_shows_markup_as_text() {
    const Theme theme;
    Banner banner(theme);
    const QString hostile = u"<img src=\"file:///dev/zero\">"_s;
    banner.show_message(Tone::failure, hostile);
    QCOMPARE(banner.text(), hostile);
    for (const QLabel* label : banner.findChildren<QLabel*>())
        QCOMPARE(label->textFormat(), Qt::PlainText);
}

void TextWidgetsTest::a_banner_cuts_what_is_too_long() {
    const Theme theme;
    Banner banner(theme);
    banner.show_message(Tone::failure, QString(100000, u'x'));
    QVERIFY(banner.text().size() <= 300);
}

void TextWidgetsTest::output_goes_on_where_it_was() {
    const Theme theme;
    OutputView view(theme, "vm");
    view.show_output({"one\n", 4, 1});
    view.show_output({"one\ntwo\n", 8, 1});
    QCOMPARE(view.text(), u"one\ntwo\n"_s);
    view.show_output({"three\n", 14, 1}); // the beginning has left the tail, not the view
    QCOMPARE(view.text(), u"one\ntwo\nthree\n"_s);
    view.show_output({"five\n", 25, 1}); // something between was never seen
    QCOMPARE(view.text(), u"five\n"_s);
}

void TextWidgetsTest::a_character_split_between_two_frames_stays_whole() {
    const Theme theme;
    OutputView view(theme, "container");
    const std::string whole = "\u4e2d\u6587";
    view.show_output({whole.substr(0, 4), 4, 1});
    view.show_output({whole, 6, 1});
    QCOMPARE(view.text(), QString::fromStdString(whole));
}

void TextWidgetsTest::another_run_replaces_the_output() {
    const Theme theme;
    OutputView view(theme, "container");
    view.show_output({"first", 5, 1});
    view.show_output({"and the second", 14, 2});
    QCOMPARE(view.text(), u"and the second"_s);
    view.show_output({"of a result", 11, 0});
    view.show_output({"of b result", 11, 0});
    QCOMPARE(view.text(), u"of b result"_s);
    view.show_output({});
    QVERIFY(view.text().isEmpty());
}

void TextWidgetsTest::endless_output_stays_bounded() {
    const Theme theme;
    OutputView view(theme, "container");
    OutputTail tail{{}, 0, 1};
    const std::string more(20000, 'x'); // never a line end
    for (int i = 0; i < 12; ++i) {
        append_bounded(tail.text, more);
        tail.total += more.size();
        view.show_output(tail);
    }
    QVERIFY(view.text().size() <= static_cast<qsizetype>(2 * live_output_limit + more.size()));
    QVERIFY(view.text().size() >= static_cast<qsizetype>(live_output_limit));
}

void TextWidgetsTest::only_whole_lines_are_shown() {
    const Theme theme;
    OutputView view(theme, "container");
    view.show_output({"a line\n", 7, 1});
    const int line = QFontMetrics(theme.fixed_font()).lineSpacing();
    for (const int height : {131, 140, 155}) {
        view.resize(400, height);
        view.show();
        COMPARE_SOON(view.findChild<QPlainTextEdit*>()->viewport()->height() % line, 0);
    }
}

ISOLAB_GUI_TEST(TextWidgetsTest)
#include "text_widgets_test.moc"
