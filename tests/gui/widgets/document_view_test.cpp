// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/document_view.h"

#include <QLabel>
#include <QScrollArea>
#include <QSignalSpy>
#include <QTest>

#include "gui/charts/drawing_view.h"
#include "gui/models/speech.h"
#include "gui/widgets/document_table.h"
#include "tests/gui/support/gui_test.h"
#include "tests/gui/support/sample_experiment.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace Qt::StringLiterals;

namespace {

constexpr const char* hostile = "<script>alert(1)</script><b>bold</b>";

QStringList texts_of(const QWidget& widget) {
    QStringList all;
    for (const QLabel* label : widget.findChildren<QLabel*>())
        all << label->text();
    return all;
}

DocumentTable wide_table() {
    DocumentTable table;
    table.head = {{"world"}, {"median", {}, true}, {"ratio", {}, true}};
    table.rows = {{{"Container", "container"}, {"32.8 ms [14.7 – 50.8 ms]", {}, true}, {"1.00", {}, true}},
                  {{hostile, "vm"}, {"4.70 s [3.57 – 5.83 s]", {}, true}, {"143", {}, true}}};
    return table;
}

Drawing two_dots() {
    Drawing drawing;
    drawing.width = 200;
    drawing.height = 100;
    drawing.title = "two dots";
    for (const double x : {150.0, 50.0}) {
        Shape dot;
        dot.kind = Shape::Kind::circle;
        dot.x = x;
        dot.y = 50;
        dot.w = 4;
        dot.tip = "at " + std::to_string(static_cast<int>(x)) + " <i>units</i>";
        drawing.shapes.push_back(dot);
    }
    return drawing;
}

} // namespace

class DocumentViewTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void every_text_is_shown_and_none_is_markup();
    void a_real_experiment_is_shown();
    void its_height_follows_its_width();
    void each_block_gets_the_height_that_its_width_needs();
    void a_table_without_any_room_is_painted();
    void a_narrow_table_stacks_its_cells();
    void a_picture_keeps_its_proportions();
    void the_arrow_keys_walk_through_a_picture();
};

void DocumentViewTest::every_text_is_shown_and_none_is_markup() {
    const Theme theme;
    DocumentView view(theme);
    Document document;
    using Kind = DocumentBlock::Kind;
    for (const auto kind : {Kind::heading, Kind::paragraph, Kind::caption, Kind::note})
        document.blocks.push_back({kind, 2, hostile});
    DocumentBlock table;
    table.kind = Kind::table;
    table.table = wide_table();
    document.blocks.push_back(table);
    view.show_document(document);
    QCOMPARE(texts_of(view).count(QString::fromLatin1(hostile)), 5);
    for (const QLabel* label : view.findChildren<QLabel*>())
        QCOMPARE(label->textFormat(), Qt::PlainText);
    view.show_document({});
    QVERIFY(texts_of(view).isEmpty());
}

void DocumentViewTest::a_real_experiment_is_shown() {
    const Theme theme;
    DocumentView view(theme);
    const ExperimentResult result = test::sample_experiment_result(test::sample_suite(true).experiments[0]);
    view.show_document(experiment_document(result, window_speech()));
    const QStringList texts = texts_of(view);
    QVERIFY(texts.contains(u"Start"_s));
    QVERIFY(texts.contains(u"until ready"_s));
    QVERIFY(texts.contains(u"Virtual machine"_s));
    QCOMPARE(view.findChildren<DrawingView*>().size(), 1);
    QVERIFY(!view.findChild<DrawingView*>()->accessibleDescription().isEmpty());
}

void DocumentViewTest::its_height_follows_its_width() {
    const Theme theme;
    QScrollArea scroll;
    auto* view = new DocumentView(theme);
    scroll.setWidgetResizable(true);
    scroll.setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll.setWidget(view);
    const ExperimentResult result = test::sample_experiment_result(test::sample_suite(true).experiments[0]);
    view->show_document(experiment_document(result, window_speech()));
    scroll.show();
    int former = 0;
    for (const int width : {900, 500, 300}) {
        scroll.resize(width, 300);
        VERIFY_SOON(view->width() <= scroll.viewport()->width());
        VERIFY_SOON(view->height() >= view->heightForWidth(view->width()));
        for (const QWidget* child : view->findChildren<QWidget*>())
            if (child->isVisibleTo(view))
                QVERIFY(child->mapTo(view, QPoint(child->width(), 0)).x() <= view->width());
        if (width < 900)
            QVERIFY(view->height() != former);
        former = view->height();
    }
}

void DocumentViewTest::each_block_gets_the_height_that_its_width_needs() {
    const Theme theme;
    DocumentView view(theme);
    Document document;
    document.blocks.push_back({.kind = DocumentBlock::Kind::table, .table = wide_table()});
    document.blocks.push_back({.kind = DocumentBlock::Kind::figure, .figure = two_dots()});
    view.show_document(document);
    view.show();
    const auto* table = view.findChild<DocumentTableView*>();
    const auto* picture = view.findChild<DrawingView*>();
    for (const int width : {900, 600, 420, 300, 220}) {
        view.resize(width, view.heightForWidth(width) + 200);
        COMPARE_SOON(table->width(), width);
        COMPARE_SOON(table->height(), table->heightForWidth(width));
        QCOMPARE(table->y(), 0);
        QCOMPARE(picture->height(), picture->heightForWidth(width));
    }
}

void DocumentViewTest::a_table_without_any_room_is_painted() {
    const Theme theme;
    DocumentTable words; // none of its columns can be wider or narrower than it is
    words.head = {{"seed"}, {"4035156912"}, {"2934617008"}};
    words.rows = {{{"a"}, {"b"}, {"c"}}};
    DocumentTableView table(theme, words);
    table.show();
    for (const int width : {400, 100, 20, 1}) {
        table.resize(width, std::max(1, table.heightForWidth(width)));
        QVERIFY(!table.grab().isNull());
    }
}

void DocumentViewTest::a_narrow_table_stacks_its_cells() {
    const Theme theme;
    DocumentTableView table(theme, wide_table());
    table.show();
    table.resize(700, table.heightForWidth(700));
    QVERIFY(!table.is_stacked());
    const int height = table.heightForWidth(700);
    table.resize(220, table.heightForWidth(220));
    QVERIFY(table.is_stacked());
    QVERIFY(table.heightForWidth(220) > height);
    int names = 0;
    for (const QLabel* label : table.findChildren<QLabel*>())
        if (label->isVisible()) {
            QVERIFY(label->geometry().right() <= 220);
            names += label->text() == u"median"_s;
        }
    QCOMPARE(names, 2); // the column's name stands before each of its cells
    table.resize(700, height);
    QVERIFY(!table.is_stacked());
}

void DocumentViewTest::a_picture_keeps_its_proportions() {
    Theme theme;
    const DrawingView view(theme, two_dots());
    QCOMPARE(view.heightForWidth(200), 100);
    QCOMPARE(view.heightForWidth(150), 75);
    QCOMPARE(view.heightForWidth(10000), 125); // larger tells nothing more
}

void DocumentViewTest::the_arrow_keys_walk_through_a_picture() {
    const Theme theme;
    DrawingView view(theme, two_dots());
    view.show();
    view.setFocus();
    QCOMPARE(view.accessibleName(), u"two dots"_s);
    QVERIFY(view.current_tip().isEmpty());
    QTest::keyClick(&view, Qt::Key_Right);
    QCOMPARE(view.current_tip(), u"at 50 <i>units</i>"_s);
    QTest::keyClick(&view, Qt::Key_Right);
    QTest::keyClick(&view, Qt::Key_Right);
    QCOMPARE(view.current_tip(), u"at 150 <i>units</i>"_s);
    QTest::keyClick(&view, Qt::Key_Home);
    QCOMPARE(view.current_tip(), u"at 50 <i>units</i>"_s);
}

ISOLAB_GUI_TEST(DocumentViewTest)
#include "document_view_test.moc"
