// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/print/page_flow.h"

namespace isolab {
namespace {

class PageFlow {
  public:
    explicit PageFlow(double page_height) : page_height_(page_height) {}

    /// Puts pieces that belong together on this page, or on the next one when they do not fit but would there.
    void add(const Piece* first, const Piece* end) {
        const bool fits = used_ + height_of(first, end) <= page_height_;
        const bool would_fit = height_at_top(first, end) <= page_height_;
        if (!pages_.back().empty() && (first->begins_page || (!fits && would_fit)))
            begin_page();
        for (const Piece* piece = first; piece != end; ++piece)
            place(*piece);
    }

    std::vector<PlacedPage> finish() { return std::move(pages_); }

  private:
    static double height_of(const Piece* first, const Piece* end) {
        double height = 0;
        for (const Piece* piece = first; piece != end; ++piece)
            height += piece->space + piece->height;
        return height;
    }

    static double height_at_top(const Piece* first, const Piece* end) {
        return height_of(first, end) - first->space + (first->head ? first->head->height : 0);
    }

    void begin_page() {
        pages_.emplace_back();
        used_ = 0;
    }

    void place(const Piece& piece) {
        if (!pages_.back().empty() && used_ + piece.space + piece.height > page_height_)
            begin_page();
        if (!pages_.back().empty())
            used_ += piece.space;
        else if (piece.head)
            put(*piece.head);
        put(piece);
    }

    void put(const Piece& piece) {
        pages_.back().push_back({&piece, used_});
        used_ += piece.height;
    }

    double page_height_;
    double used_ = 0;
    std::vector<PlacedPage> pages_ = std::vector<PlacedPage>(1);
};

} // namespace

std::vector<PlacedPage> flow_onto_pages(const std::vector<Piece>& pieces, double page_height) {
    PageFlow flow(page_height);
    const Piece* const end = pieces.data() + pieces.size();
    for (const Piece* first = pieces.data(); first != end;) {
        const Piece* last = first;
        while (last + 1 != end && last->keeps_next)
            ++last;
        flow.add(first, last + 1);
        first = last + 1;
    }
    return flow.finish();
}

} // namespace isolab
