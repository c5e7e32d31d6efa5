// SPDX-License-Identifier: GPL-3.0-or-later
//
// What stands where on paper, without painting it.
#include <numeric>

#include <QTest>

#include "gui/print/page_flow.h"
#include "gui/print/printed_table.h"
#include "tests/support/test_main.h"

using namespace isolab;

namespace {

Piece piece_of(double height, bool keeps_next = false, double space = 0) { return {height, space, keeps_next}; }

/// For each page, which pieces stand on it, by their index; -1 for a head.
std::vector<std::vector<int>> pages_of(const std::vector<Piece>& pieces, double height) {
    std::vector<std::vector<int>> pages;
    for (const PlacedPage& page : flow_onto_pages(pieces, height)) {
        pages.emplace_back();
        for (const PlacedPiece& placed : page) {
            const bool own = placed.piece >= pieces.data() && placed.piece < pieces.data() + pieces.size();
            pages.back().push_back(own ? static_cast<int>(placed.piece - pieces.data()) : -1);
        }
    }
    return pages;
}

using Pages = std::vector<std::vector<int>>;

} // namespace

class PageFlowTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void nothing_is_one_page() { QCOMPARE(pages_of({}, 100), Pages{{}}); }

    void pages_are_filled_in_order() {
        QCOMPARE(pages_of({piece_of(40), piece_of(60), piece_of(1)}, 100), (Pages{{0, 1}, {2}}));
        const std::vector<Piece> spaced{piece_of(40, false, 30), piece_of(50, false, 11)};
        QCOMPARE(pages_of(spaced, 100), (Pages{{0}, {1}})); // 40 + 11 + 50
        QCOMPARE(flow_onto_pages(spaced, 100)[1][0].top, 0.0);
        QCOMPARE(flow_onto_pages(spaced, 101)[0][1].top, 51.0);
    }
    void a_heading_goes_with_what_follows() {
        QCOMPARE(pages_of({piece_of(70), piece_of(20, true), piece_of(30)}, 100), (Pages{{0}, {1, 2}}));
        QCOMPARE(pages_of({piece_of(70), piece_of(5, true), piece_of(5, true), piece_of(30)}, 100),
                 (Pages{{0}, {1, 2, 3}}));
        QCOMPARE(pages_of({piece_of(70), piece_of(20, true)}, 100), (Pages{{0, 1}})); // nothing follows
    }
    void what_keeps_together_but_fits_on_no_page_is_cut() {
        QCOMPARE(pages_of({piece_of(10), piece_of(60, true), piece_of(60, true), piece_of(60)}, 100),
                 (Pages{{0, 1}, {2}, {3}}));
    }
    void what_is_higher_than_a_page_has_one_of_its_own() {
        QCOMPARE(pages_of({piece_of(10), piece_of(500), piece_of(10)}, 100), (Pages{{0}, {1}, {2}}));
    }
    void heads_are_repeated_where_a_page_begins_in_a_table() {
        const auto head = std::make_shared<const Piece>(piece_of(10));
        std::vector<Piece> rows{piece_of(10, true)};
        for (int i = 0; i < 4; ++i)
            rows.push_back({40, 0, false, {}, head});
        rows.push_back(piece_of(10));
        QCOMPARE(pages_of(rows, 100), (Pages{{0, 1, 2}, {-1, 3, 4, 5}}));
        QCOMPARE(flow_onto_pages(rows, 100)[1][1].top, 10.0);
    }
    void what_begins_a_page_does() {
        std::vector<Piece> pieces{piece_of(10), piece_of(10), piece_of(10)};
        pieces[0].begins_page = pieces[1].begins_page = true;
        QCOMPARE(pages_of(pieces, 100), (Pages{{0}, {1, 2}}));
    }
    void columns_share_a_width() {
        const auto sum = [](const std::vector<double>& widths) {
            return std::accumulate(widths.begin(), widths.end(), 0.0);
        };
        const std::vector<double> roomy = column_widths({{10, 50}, {10, 100}}, 300);
        QCOMPARE(roomy, (std::vector<double>{100, 200}));
        const std::vector<double> tight = column_widths({{10, 50}, {30, 600}}, 300);
        QVERIFY(tight[0] >= 10 && tight[1] >= 30 && std::abs(sum(tight) - 300) < 1e-9);
        const std::vector<double> poor = column_widths({{400, 500}, {200, 600}}, 300);
        QCOMPARE(poor, (std::vector<double>{200, 100}));
        QCOMPARE(column_widths({{0, 0}, {0, 0}}, 300), (std::vector<double>{150, 150}));
        QVERIFY(column_widths({}, 300).empty());
    }
};

ISOLAB_TEST(PageFlowTest)
#include "page_flow_test.moc"
