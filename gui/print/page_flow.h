// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which piece of a document stands where on which page. Pure.
#pragma once

#include <functional>
#include <memory>
#include <vector>

class QPainter;

namespace isolab {

/// What is never cut: a line of a text, a row of a table, a figure.
struct Piece {
    double height = 0;
    double space = 0;        ///< before it, not at the top of a page
    bool keeps_next = false; ///< stands on the same page as the one after it
    /// Paints it with its upper left corner at the painter's origin.
    std::function<void(QPainter&)> paint = {};
    /// Painted above it where a page begins with it: the head of its table. Not painted above the head itself.
    std::shared_ptr<const Piece> head = {};
    bool begins_page = false; ///< stands at the top of one
};

/// A piece at its place: units below the upper edge of the page's text.
struct PlacedPiece {
    const Piece* piece = nullptr;
    double top = 0;
};
using PlacedPage = std::vector<PlacedPiece>;

/// At least one page. Pieces that keep together and are higher than a page are cut between any two of them; a piece
/// that is higher than a page by itself has one of its own and reaches beyond it. The pieces must outlive the pages.
std::vector<PlacedPage> flow_onto_pages(const std::vector<Piece>& pieces, double page_height);

} // namespace isolab
