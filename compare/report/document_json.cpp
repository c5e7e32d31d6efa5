// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/report/document_json.h"

#include <array>
#include <cmath>
#include <string_view>

#include "compare/report/json_fields.h"
#include "engine/base/text.h"

namespace isolab {
namespace {

/// An enumeration's words, in its order.
template <class Enum, std::size_t N> struct WordsOf {
    std::array<const char*, N> words;

    const char* word(Enum value) const { return words.at(static_cast<std::size_t>(value)); }
    Enum value(const Json& object, const char* key) const {
        const auto word = field<std::string>(object, key);
        for (std::size_t i = 0; i < N; ++i)
            if (word == words[i])
                return static_cast<Enum>(i);
        reject_field(object, key);
    }
};

constexpr WordsOf<DocumentBlock::Kind, 6> block_kinds{{"heading", "paragraph", "caption", "note", "table", "figure"}};
constexpr WordsOf<Shape::Kind, 6> shape_kinds{{"line", "rectangle", "circle", "text", "polyline", "polygon"}};
constexpr WordsOf<Shape::Anchor, 3> anchors{{"start", "middle", "end"}};
constexpr WordsOf<Paint, 7> paints{{"none", "ink", "muted", "grid", "paper", "world", "tint"}};

std::string utf8(const std::string& text) { return is_utf8(text) ? text : plain_text(text); }

double finite(double value) { return std::isfinite(value) ? value : 0; }

Json colour_json(const Colour& colour) {
    return {{"paint", paints.word(colour.paint)}, {"world", utf8(colour.world)}, {"tint", finite(colour.tint)}};
}

Colour read_colour(const Json& json) {
    return {paints.value(json, "paint"), field<std::string>(json, "world"), field<double>(json, "tint")};
}

Json shape_json(const Shape& shape) {
    return {{"kind", shape_kinds.word(shape.kind)},
            {"place", {finite(shape.x), finite(shape.y), finite(shape.w), finite(shape.h)}},
            {"points", json_list(shape.points,
                                 [](const auto& point) {
                                     return Json::array({finite(point.first), finite(point.second)});
                                 })},
            {"fill", colour_json(shape.fill)},
            {"stroke", colour_json(shape.stroke)},
            {"width", finite(shape.width)},
            {"dashed", shape.dashed},
            {"text", utf8(shape.text)},
            {"anchor", anchors.word(shape.anchor)},
            {"size", finite(shape.size)},
            {"bold", shape.bold},
            {"tip", utf8(shape.tip)}};
}

Shape read_shape(const Json& json) {
    Shape shape;
    shape.kind = shape_kinds.value(json, "kind");
    const Json& place = json.at("place");
    shape.x = place.at(0).get<double>();
    shape.y = place.at(1).get<double>();
    shape.w = place.at(2).get<double>();
    shape.h = place.at(3).get<double>();
    shape.points = list_field(json, "points", [](const Json& point) {
        return std::pair(point.at(0).get<double>(), point.at(1).get<double>());
    });
    shape.fill = read_colour(json.at("fill"));
    shape.stroke = read_colour(json.at("stroke"));
    shape.width = field<double>(json, "width");
    shape.dashed = field<bool>(json, "dashed");
    shape.text = field<std::string>(json, "text");
    shape.anchor = anchors.value(json, "anchor");
    shape.size = field<double>(json, "size");
    shape.bold = field<bool>(json, "bold");
    shape.tip = field<std::string>(json, "tip");
    return shape;
}

Json drawing_json(const Drawing& drawing) {
    return {{"width", finite(drawing.width)},
            {"height", finite(drawing.height)},
            {"title", utf8(drawing.title)},
            {"shapes", json_list(drawing.shapes, shape_json)}};
}

Drawing read_drawing(const Json& json) {
    return {field<double>(json, "width"), field<double>(json, "height"), field<std::string>(json, "title"),
            list_field(json, "shapes", read_shape)};
}

Json cell_json(const DocumentCell& cell) {
    return {{"text", utf8(cell.text)}, {"world", utf8(cell.world)}, {"number", cell.number}, {"strong", cell.strong}};
}

DocumentCell read_cell(const Json& json) {
    return {field<std::string>(json, "text"), field<std::string>(json, "world"), field<bool>(json, "number"),
            field<bool>(json, "strong")};
}

Json row_json(const std::vector<DocumentCell>& row) { return json_list(row, cell_json); }

std::vector<DocumentCell> read_row(const Json& json) {
    std::vector<DocumentCell> row;
    for (const Json& cell : json)
        row.push_back(read_cell(cell));
    return row;
}

Json block_json(const DocumentBlock& block) {
    Json json{{"kind", block_kinds.word(block.kind)},
              {"level", block.level},
              {"text", utf8(block.text)},
              {"anchor", utf8(block.anchor)},
              {"link", utf8(block.link)}};
    if (block.kind == DocumentBlock::Kind::table)
        json["table"] = {{"head", row_json(block.table.head)}, {"rows", json_list(block.table.rows, row_json)}};
    if (block.kind == DocumentBlock::Kind::figure)
        json["figure"] = drawing_json(block.figure);
    return json;
}

DocumentBlock read_block(const Json& json) {
    DocumentBlock block;
    block.kind = block_kinds.value(json, "kind");
    block.level = field<unsigned>(json, "level");
    block.text = field<std::string>(json, "text");
    block.anchor = field<std::string>(json, "anchor");
    block.link = field<std::string>(json, "link");
    if (block.kind == DocumentBlock::Kind::table) {
        const Json& table = json.at("table");
        block.table.head = list_field(table, "head", read_cell);
        block.table.rows = list_field(table, "rows", read_row);
    }
    if (block.kind == DocumentBlock::Kind::figure)
        block.figure = read_drawing(json.at("figure"));
    return block;
}

} // namespace

Json document_json(const Document& document) {
    return {{"schema", document_schema},
            {"title", utf8(document.title)},
            {"language", utf8(document.language)},
            {"blocks", json_list(document.blocks, block_json)}};
}

Result<Document> parse_document(const Json& json, const std::string& subject) {
    return read_guarded(subject, [&] {
        if (field<std::string>(json, "schema") != document_schema)
            reject_field(json, "schema");
        return Document{field<std::string>(json, "title"), field<std::string>(json, "language"),
                        list_field(json, "blocks", read_block)};
    });
}

} // namespace isolab
