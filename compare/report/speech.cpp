// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/report/speech.h"

#include <map>

namespace isolab {
namespace {

using TextsOfContext = std::map<std::string_view, std::string_view>;

std::map<std::string_view, TextsOfContext> chinese_dictionary() {
    std::map<std::string_view, TextsOfContext> dictionary;
    for (const Translation& one : chinese_texts())
        dictionary[one.context].emplace(one.source, one.text);
    return dictionary;
}

std::string in_chinese(const char* context, const std::string& text) {
    static const auto dictionary = chinese_dictionary();
    const auto texts = dictionary.find(context);
    if (texts == dictionary.end())
        return text;
    const auto found = texts->second.find(text);
    return found == texts->second.end() ? text : std::string(found->second);
}

} // namespace

Speech english_speech() {
    return {"en", [](const Fact& fact) { return english(fact); }};
}

Speech chinese_speech() {
    return {"zh", [](const Fact& fact) { return translated(fact, in_chinese); }};
}

Result<Speech> speech_in(const std::string& language) {
    if (language == "en")
        return english_speech();
    if (language == "zh")
        return chinese_speech();
    return fail(ErrorKind::invalid_argument, "write in the language", language, "reports speak English and Chinese",
                "Choose en or zh");
}

} // namespace isolab
