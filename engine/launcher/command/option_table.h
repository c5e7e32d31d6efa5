// SPDX-License-Identifier: GPL-3.0-or-later
//
// What verbs and options there are.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/json_fwd.h"
#include "engine/launcher/command/options.h"

namespace isolab::launcher {

constexpr unsigned bit(Verb verb) { return 1U << static_cast<unsigned>(verb); }
inline constexpr unsigned any_verb = ~0U;

struct VerbName {
    std::string_view name;
    Verb verb;
    std::size_t fewest_words; ///< after the verb
    std::size_t most_words;
    bool takes_rest = false; ///< what follows the id is passed on as it is
};

struct ValueOption {
    std::string_view name;
    std::string_view letter; ///< "-b", or empty
    unsigned verbs;          ///< that know it
    Result<void> (*take)(Options&, const std::string&);
};

struct FlagOption {
    std::string_view name;
    std::string_view letter;
    unsigned verbs;
    bool& (*member)(Options&);
};

/// By name; null when there is none. Options also by their letter.
const VerbName* find_verb(std::string_view name);
const ValueOption* find_value_option(std::string_view name);
const FlagOption* find_flag_option(std::string_view name);

/// Puts the limits of the command line into a document with `linux.resources`; invalid_argument for what is no number.
Result<void> add_limits(Json& resources, const std::vector<std::pair<std::string, std::string>>& limits);

/// "run, create, …", for people.
std::string verb_list();

/// A limit of `update` (limit_options.cpp); null when there is none of that name.
const ValueOption* find_limit_option(std::string_view name);

/// A number and nothing else.
template <class Number> std::optional<Number> number_of(std::string_view text) {
    Number value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// The Error of a wrong argument.
tl::unexpected<Error> bad_argument(const std::string& argument, const std::string& cause);

} // namespace isolab::launcher
