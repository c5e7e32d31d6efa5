// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace isolab {

/// Something that a result states: which statement, and what is in it, so that a command line, a report and a window
/// each say it in their own words, and a program can ask for it. One of three:
///  - a statement: `id` is one of the table in fact_texts.cpp, `values` stand for %1, %2, … in its text;
///  - a number with its unit: `unit` is one of format_figure(), or "ratio";
///  - words that are the same in every language, such as a version or a command: `text`.
struct Fact {
    std::string id;
    std::vector<Fact> values;
    double number = 0;
    std::string unit;
    std::string text;

    Fact() = default;
    Fact(std::string words) : text(std::move(words)) {} // NOLINT(google-explicit-constructor): words are a fact
    Fact(const char* words) : text(words) {}            // NOLINT(google-explicit-constructor)

    static Fact said(std::string id, std::vector<Fact> values = {});
    static Fact quantity(double number, std::string unit);

    bool is_words() const noexcept { return id.empty() && unit.empty(); }
    bool empty() const noexcept { return id.empty() && unit.empty() && text.empty(); }
    bool operator==(const Fact& other) const;
};

/// The English text of a statement with %1, %2, … for its values; null: there is no such statement. It is the source
/// text of translations in the context "Facts".
const char* fact_text(std::string_view id) noexcept;

/// Every id of the table.
std::vector<std::string> fact_ids();

/// "Only 84.0 MB are free in the data folder."; a statement that this program does not know is its id.
std::string english(const Fact& fact);

/// The translation of a text, or the text where there is none. The context is "Facts" for statements (fact_text()),
/// "Catalogue" for words, which may be the title of a workload or a cause that a library tells.
using Translate = std::function<std::string(const char* context, const std::string& text)>;

/// What english() says, in another language; numbers are written alike in all of them.
std::string translated(const Fact& fact, const Translate& translate);

/// "ext4" of "ext4 on a qcow2 layer …": the statement `id`.short where there is one, otherwise the fact itself.
Fact short_form(const Fact& fact);

/// A world as statements name it: statement world.`id`, or its title; one with more ingredients by its base and the
/// last of them.
Fact world_name(const std::string& id, const std::string& title);

/// What a world may have more: statement ingredient.`id`, or the id.
Fact ingredient_name(const std::string& id);

/// The title of a row of the fairness contract: statement contract.`key`, or the key.
Fact contract_title(const std::string& key);

} // namespace isolab
