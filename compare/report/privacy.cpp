// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/report/privacy.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compare/report/experiment_json.h"
#include "compare/report/report.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_hex(char c) { return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'f'); }
/// Bytes of letters beyond ASCII are letters.
bool is_letter(char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}
bool is_of_name(char c) { return is_letter(c) || c == '_' || c == '-' || c == '.'; }

std::string in_lower(std::string text) {
    std::ranges::transform(text, text.begin(), lower);
    return text;
}

enum class Edge { word, path, none };

/// What is written in place of a text, which is in small letters except for paths.
struct Replacement {
    std::string text;
    const char* word;
    Edge edge;
};

/// Fields whose values are the document's own words.
constexpr std::array own_words{"schema", "side", "of",     "to",     "world", "kind",
                               "mode",   "unit", "method", "worlds", "sides", "baseline"};

void collect_words(const Json& json, bool own, std::set<std::string>& words) {
    if (json.is_string() && own)
        words.insert(in_lower(json.get<std::string>()));
    if (json.is_array())
        for (const Json& item : json)
            collect_words(item, own, words);
    if (json.is_object())
        for (const auto& [key, value] : json.items()) {
            words.insert(in_lower(key));
            collect_words(value, std::ranges::find(own_words, key) != own_words.end(), words);
        }
}

bool starts_here(std::string_view text, std::size_t at, const Replacement& wanted) {
    const std::string& searched = wanted.text;
    if (text.size() - at < searched.size())
        return false;
    for (std::size_t i = 0; i < searched.size(); ++i)
        if ((wanted.edge == Edge::path ? text[at + i] : lower(text[at + i])) != searched[i])
            return false;
    const std::size_t end = at + searched.size();
    if (wanted.edge == Edge::word)
        return (at == 0 || !is_letter(text[at - 1])) && (end == text.size() || !is_letter(text[end]));
    if (wanted.edge == Edge::path)
        return (at == 0 || (!is_of_name(text[at - 1]) && text[at - 1] != '/')) &&
               (end == text.size() || !(is_letter(text[end]) || text[end] == '_' || text[end] == '-'));
    return true;
}

/// How long a text of this shape begins here: 'x' is a hexadecimal digit, the rest stands for itself; 0: none.
std::size_t shape_at(std::string_view text, std::size_t at, std::string_view shape) {
    if (text.size() - at < shape.size() || (at > 0 && is_letter(text[at - 1])))
        return 0;
    for (std::size_t i = 0; i < shape.size(); ++i)
        if (shape[i] == 'x' ? !is_hex(text[at + i]) : text[at + i] != shape[i])
            return 0;
    const std::size_t end = at + shape.size();
    return end < text.size() && is_letter(text[end]) ? 0 : shape.size();
}

struct Shape {
    std::string_view shape;
    const char* word;
};
constexpr std::array shapes{Shape{"xx:xx:xx:xx:xx:xx", "<mac>"}, Shape{"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "<id>"},
                            Shape{"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "<id>"}};

class Eraser {
  public:
    Eraser(const HostIdentity& host, const Json& document) {
        std::set<std::string> own;
        collect_words(document, false, own);
        add_path(host.data_folder, "<data>");
        for (const auto& home : host.homes)
            add_path(home, "<home>");
        add_path("/root", "<home>");
        for (const std::string& number : host.numbers)
            replacements_.push_back({in_lower(number), "<id>", Edge::none});
        for (const auto& [list, word] : {std::pair{&host.names, "<host>"}, {&host.users, "<user>"}})
            for (const std::string& name : *list)
                add_name(name, word, own);
        std::ranges::stable_sort(replacements_, std::ranges::greater(),
                                 [](const Replacement& one) { return one.text.size(); });
    }

    Json erased(const Json& json) const {
        if (json.is_string())
            return erased_text(json.get_ref<const std::string&>());
        if (!json.is_structured())
            return json;
        Json copy = json.is_array() ? Json::array() : Json::object();
        if (json.is_array())
            for (const Json& item : json)
                copy.push_back(erased(item));
        else
            for (const auto& [key, value] : json.items())
                copy[key] = erased(value);
        return copy;
    }

  private:
    void add_path(const std::filesystem::path& path, const char* word) {
        std::string text = path.string();
        text.resize(text.find_last_not_of('/') + 1);
        if (!text.empty())
            replacements_.push_back({std::move(text), word, Edge::path});
    }

    /// The whole name and what is before its first dot.
    void add_name(const std::string& name, const char* word, const std::set<std::string>& own) {
        const std::string whole = in_lower(name);
        for (const std::string& text : {whole, whole.substr(0, whole.find('.'))})
            if (!text.empty() && text != "localhost" && text != unknown_origin && text != "root" && !own.contains(text))
                replacements_.push_back({text, word, Edge::word});
    }

    std::string erased_text(const std::string& text) const {
        std::string result;
        for (std::size_t at = 0; at < text.size();) {
            const auto [length, word] = found_at(text, at);
            if (length == 0)
                result += text[at++];
            else
                result += word;
            at += length;
        }
        return result;
    }

    std::pair<std::size_t, const char*> found_at(std::string_view text, std::size_t at) const {
        for (const Replacement& one : replacements_)
            if (starts_here(text, at, one))
                return {one.text.size(), one.word};
        for (const Shape& one : shapes)
            if (const std::size_t length = shape_at(text, at, one.shape); length > 0)
                return {length, one.word};
        constexpr std::string_view homes = "/home/";
        if (text.substr(at, homes.size()) != homes || (at > 0 && (is_of_name(text[at - 1]) || text[at - 1] == '/')))
            return {0, nullptr};
        std::size_t end = at + homes.size();
        while (end < text.size() && is_of_name(text[end]))
            ++end;
        return {end > at + homes.size() ? end - at : 0, "<home>"};
    }

    std::vector<Replacement> replacements_; ///< the longest first
};

Error meaning_lost(const Error& cause) {
    Error error = cause.within("write the result without what identifies this machine");
    error.kind = ErrorKind::unsupported;
    error.remedy = "A name of this machine or user is a word that the result needs; write it without --private";
    return error;
}

ResultWords without_identity(const ResultWords& words, const HostIdentity& host) {
    const Json plain = without_identity(Json::array({words.note, words.tags}), host);
    return {plain[1].get<std::vector<std::string>>(), plain[0].get<std::string>()};
}

} // namespace

Json without_identity(const Json& document, const HostIdentity& host) {
    return Eraser(host, document).erased(document);
}

Result<ComparisonResult> without_identity(const ComparisonResult& result, const HostIdentity& host) {
    return parse_report(without_identity(report_json(result), host), result.id).map_error(meaning_lost);
}
Result<ExperimentResult> without_identity(const ExperimentResult& result, const HostIdentity& host) {
    return parse_experiment_result(without_identity(experiment_result_json(result), host), result.id)
        .map_error(meaning_lost);
}
Result<SuiteResult> without_identity(const SuiteResult& result, const HostIdentity& host) {
    return parse_suite_result(without_identity(suite_result_json(result), host), result.id).map_error(meaning_lost);
}

Result<PortableResult> without_identity(const PortableResult& portable, const HostIdentity& host) {
    HostIdentity all = host;
    all.names.push_back(portable.origin);
    PortableResult plain{portable.result, {}, without_identity(portable.words, all), {}};
    ISOLAB_TRY(std::visit(
        [&](const auto& result) {
            return without_identity(result, all).map([&](auto one) { plain.result = std::move(one); });
        },
        portable.result));
    for (const auto& [id, words] : portable.part_words)
        plain.part_words[id] = without_identity(words, all);
    return plain;
}

} // namespace isolab
