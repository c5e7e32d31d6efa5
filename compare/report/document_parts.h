// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "compare/report/document.h"
#include "compare/textbook/row.h"

namespace isolab {

/// Puts a document together, block after block.
class DocumentWriter {
  public:
    DocumentWriter(std::string title, const Speech& speech);

    std::string say(const Fact& fact) const { return speech_.say(fact); }
    std::string say(const char* statement, std::vector<Fact> values = {}) const;
    std::string world(const std::string& id) const { return say(world_name(id, id)); }

    /// One after the other, those that are not empty; a space between them, as far as the language has one.
    std::string sentences(const std::vector<Fact>& facts) const;

    void heading(unsigned level, std::string text, std::string anchor = {});
    void paragraph(std::string text, std::string link = {});
    void caption(std::string text);
    void note(std::string text);
    void table(DocumentTable table);
    void figure(Drawing drawing);

    /// What the machine was like: the environment record as a table.
    void environment(const SharedJson& environment);
    Document finish() { return std::move(document_); }

  private:
    const Speech& speech_;
    Document document_;
};

/// "6.58 ms [6.41 – 6.80 ms]"; " TCG" behind what is emulated.
std::string figure_text(const BookRow& row, const WorldFigure& world);
/// "187× [180 – 195]", with " ~" where it is not distinguishable from one; empty: there is none.
std::string ratio_of_figure(const WorldFigure& world);

void write_experiment(DocumentWriter& writer, const ExperimentResult& result, unsigned level);
/// The picture that belongs to rows of the same kind; false when they have none.
bool write_picture(DocumentWriter& writer, const ExperimentResult& result, const BookRow& row);

} // namespace isolab
