// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/report/html_report.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "compare/chart/svg.h"
#include "compare/model/contrast.h"
#include "compare/model/world.h"

namespace isolab {
namespace {

constexpr const char* light_paper = "#FFFFFF"; ///< as the style says
constexpr const char* dark_paper = "#14171B";

constexpr const char* style = R"(
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1b1f24; --muted: #5c6670; --grid: #e3e7eb; --note: #7a5200;
  --note-paper: #fff6e5; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171b; --ink: #e6e9ed; --muted: #9aa4af; --grid: #2b3138;
  --note: #f2c76b; --note-paper: #382c12; } }
@media print { :root { --paper: #ffffff; --ink: #1b1f24; --muted: #5c6670; --grid: #e3e7eb; --note: #7a5200;
  --note-paper: #fff6e5; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 32px 20px 64px; max-width: 860px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif; font-variant-numeric: tabular-nums; }
h1 { font-size: 28px; font-weight: 600; margin: 0 0 4px; }
h2 { font-size: 20px; font-weight: 600; margin: 40px 0 8px; }
h3 { font-size: 16px; font-weight: 600; margin: 24px 0 8px; }
p { margin: 8px 0; }
.caption { color: var(--muted); font-size: 13px; }
.note { background: var(--note-paper); color: var(--note); border-radius: 6px; padding: 6px 12px; font-size: 13px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13px; margin: 8px 0 16px; }
th, td { text-align: left; vertical-align: top; padding: 5px 12px 5px 0; border-bottom: 1px solid var(--grid); }
th { color: var(--muted); font-weight: 500; }
.number { text-align: right; white-space: nowrap; }
.strong { font-weight: 600; }
figure { margin: 12px 0; }
svg { display: block; width: 100%; height: auto; font-family: inherit; }
@page { size: A4; margin: 18mm 16mm; }
@media print { body { padding: 0; max-width: none; font-size: 10.5pt; } h2 { break-after: avoid; } h3 { break-after: avoid; }
  figure, tr, .note { break-inside: avoid; } }
)";

void collect(const Colour& colour, std::set<std::string>& worlds) {
    if (colour.paint == Paint::world || colour.paint == Paint::tint)
        worlds.insert(colour.world);
}

std::set<std::string> worlds_of(const Document& document) {
    std::set<std::string> worlds;
    for (const DocumentBlock& block : document.blocks) {
        for (const Shape& shape : block.figure.shapes) {
            collect(shape.fill, worlds);
            collect(shape.stroke, worlds);
        }
        for (const DocumentCell& cell : block.table.head)
            worlds.insert(cell.world);
        for (const auto& row : block.table.rows)
            for (const DocumentCell& cell : row)
                worlds.insert(cell.world);
    }
    worlds.erase("");
    return worlds;
}

/// Of areas, and darkened or lightened for texts.
std::string colour_variables(const std::string& id, const std::string& colour, const char* paper) {
    const std::string name = css_name(id);
    return fmt::format(" --world-{}: {}; --text-{}: {};", name, colour, name, readable_on(colour, paper));
}

std::string world_colours(const Document& document) {
    std::string light;
    std::string dark;
    for (const std::string& id : worlds_of(document)) {
        const World world = world_of_id(id);
        light += colour_variables(id, world.colour, light_paper);
        dark += colour_variables(id, world.dark_colour, dark_paper);
    }
    return fmt::format(":root {{{}}}\n@media (prefers-color-scheme: dark) {{ :root {{{}}} }}\n"
                       "@media print {{ :root {{{}}} }}\n",
                       light, dark, light);
}

std::string cell_element(const DocumentCell& cell, const char* tag) {
    std::string classes = cell.number ? "number" : "";
    if (cell.strong)
        classes += classes.empty() ? "strong" : " strong";
    std::string text = fmt::format("<{}", tag);
    if (!classes.empty())
        text += fmt::format(" class=\"{}\"", classes);
    if (!cell.world.empty())
        text += fmt::format(" style=\"color: var(--text-{})\"", css_name(cell.world));
    return text + ">" + html_text(cell.text) + fmt::format("</{}>", tag);
}

std::string table_element(const DocumentTable& table) {
    std::string text = "<div class=\"scroll\"><table>\n";
    if (!table.head.empty()) {
        text += "<thead><tr>";
        for (const DocumentCell& cell : table.head)
            text += cell_element(cell, "th");
        text += "</tr></thead>\n";
    }
    text += "<tbody>\n";
    for (const auto& row : table.rows) {
        text += "<tr>";
        for (const DocumentCell& cell : row)
            text += cell_element(cell, "td");
        text += "</tr>\n";
    }
    return text + "</tbody></table></div>\n";
}

std::string block_element(const DocumentBlock& block) {
    switch (block.kind) {
    case DocumentBlock::Kind::heading: {
        const unsigned level = std::clamp(block.level, 1U, 4U);
        const std::string id = block.anchor.empty() ? "" : fmt::format(" id=\"{}\"", css_name(block.anchor));
        return fmt::format("<h{}{}>{}</h{}>\n", level, id, html_text(block.text), level);
    }
    case DocumentBlock::Kind::caption:
        return "<p class=\"caption\">" + html_text(block.text) + "</p>\n";
    case DocumentBlock::Kind::note:
        return "<p class=\"note\">" + html_text(block.text) + "</p>\n";
    case DocumentBlock::Kind::table:
        return table_element(block.table);
    case DocumentBlock::Kind::figure:
        return "<figure>" + svg_element(block.figure) + "</figure>\n";
    case DocumentBlock::Kind::paragraph:
        break;
    }
    if (block.link.empty())
        return "<p>" + html_text(block.text) + "</p>\n";
    return fmt::format("<p><a href=\"#{}\">{}</a></p>\n", css_name(block.link), html_text(block.text));
}

} // namespace

std::string html_report(const Document& document) {
    std::string text =
        fmt::format("<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                    "<meta http-equiv=\"Content-Security-Policy\" "
                    "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
                    "<title>{}</title>\n<style>{}{}</style>\n</head>\n<body>\n",
                    html_text(document.language), html_text(document.title), style, world_colours(document));
    for (const DocumentBlock& block : document.blocks)
        text += block_element(block);
    return text + "</body>\n</html>\n";
}

} // namespace isolab
