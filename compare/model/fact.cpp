// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/model/fact.h"

#include <fmt/format.h>

#include "compare/model/format.h"

namespace isolab {
namespace {

/// `pattern` with the values in place of %1, %2 and %3; what a value says is not searched again.
std::string filled(std::string_view pattern, const std::vector<Fact>& values, const Translate& translate) {
    std::string text;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const bool place =
            pattern[i] == '%' && i + 1 < pattern.size() && pattern[i + 1] >= '1' && pattern[i + 1] <= '9';
        if (!place) {
            text += pattern[i];
            continue;
        }
        const auto index = static_cast<std::size_t>(pattern[++i] - '1');
        if (index < values.size())
            text += translated(values[index], translate);
    }
    return text;
}

} // namespace

Fact Fact::said(std::string id, std::vector<Fact> values) {
    Fact fact;
    fact.id = std::move(id);
    fact.values = std::move(values);
    return fact;
}

Fact Fact::quantity(double number, std::string unit) {
    Fact fact;
    fact.number = number;
    fact.unit = std::move(unit);
    return fact;
}

bool Fact::operator==(const Fact& other) const {
    return id == other.id && values == other.values && number == other.number && unit == other.unit &&
           text == other.text;
}

std::string english(const Fact& fact) {
    return translated(fact, [](const char* /*context*/, const std::string& text) { return text; });
}

std::string translated(const Fact& fact, const Translate& translate) {
    if (!fact.unit.empty())
        return fact.unit == "count"   ? fmt::format("{:.0f}", fact.number)
               : fact.unit == "ratio" ? format_ratio(fact.number)
                                      : format_figure(fact.number, fact.unit);
    if (fact.id.empty())
        return translate("Catalogue", fact.text);
    const char* pattern = fact_text(fact.id);
    return pattern != nullptr ? filled(translate("Facts", pattern), fact.values, translate) : fact.id;
}

Fact short_form(const Fact& fact) {
    const std::string id = fact.id + ".short";
    return fact_text(id) != nullptr ? Fact::said(id, fact.values) : fact;
}

Fact world_name(const std::string& id, const std::string& title) {
    if (const std::size_t last = id.rfind('+'); last != std::string::npos)
        return Fact::said("world.step",
                          {world_name(id.substr(0, id.find('+')), {}), ingredient_name(id.substr(last + 1))});
    const std::string statement = "world." + id;
    return fact_text(statement) != nullptr ? Fact::said(statement) : Fact(title.empty() ? id : title);
}

Fact ingredient_name(const std::string& id) {
    const std::string statement = "ingredient." + id;
    return fact_text(statement) != nullptr ? Fact::said(statement) : Fact(id);
}

Fact contract_title(const std::string& key) {
    const std::string id = "contract." + key;
    return fact_text(id) != nullptr ? Fact::said(id) : Fact(key);
}

} // namespace isolab
