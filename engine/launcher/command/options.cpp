// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/command/options.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include <unistd.h>

#include "engine/base/signal_name.h"
#include "engine/launcher/command/option_table.h"

namespace isolab::launcher {
namespace {

bool is_container_id(const std::string& id) {
    const auto allowed = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '+' || c == '-' || c == '.';
    };
    return !id.empty() && id.size() <= 128 && id.front() != '.' && std::ranges::all_of(id, allowed);
}

/// The command line's parts, before it is known what they belong to.
struct Words {
    std::vector<std::string> plain; ///< the verb first
    unsigned verbs = any_verb;      ///< that know all options given
    std::string last_option;

    /// From here on nothing is an option of ours.
    bool are_complete() const {
        const VerbName* verb = plain.size() < 2 ? nullptr : find_verb(plain.front());
        return verb != nullptr && verb->takes_rest;
    }
};

/// -f is --force of one verb and --format of others; what the verb knows is meant.
bool is_known_to_verb(unsigned verbs, const Words& words) {
    const VerbName* verb = words.plain.empty() ? nullptr : find_verb(words.plain.front());
    return verb == nullptr || (verbs & bit(verb->verb)) != 0;
}

void note_option(Words& words, unsigned verbs, const std::string& option) {
    words.verbs &= verbs;
    words.last_option = option;
}

Result<void> take_argument(const std::vector<std::string>& arguments, std::size_t& at, Options& options, Words& words) {
    const std::string& argument = arguments[at];
    if (!argument.starts_with("-") || words.are_complete()) {
        words.plain.push_back(argument);
        return {};
    }
    const auto equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    const FlagOption* flag = equals == std::string::npos ? find_flag_option(name) : nullptr;
    const ValueOption* option = find_value_option(name);
    if (flag != nullptr && (option == nullptr || is_known_to_verb(flag->verbs, words))) {
        flag->member(options) = true;
        note_option(words, flag->verbs, name);
        return {};
    }
    if (option == nullptr)
        return bad_argument(name, "it is not known");
    if (equals == std::string::npos && at + 1 == arguments.size())
        return bad_argument(argument, "its value is missing");
    note_option(words, option->verbs, name);
    return option->take(options, equals == std::string::npos ? arguments[++at] : argument.substr(equals + 1));
}

std::filesystem::path default_root() {
    if (::geteuid() == 0)
        return "/run/isolab";
    const char* runtime = std::getenv("XDG_RUNTIME_DIR"); // NOLINT(concurrency-mt-unsafe): one thread
    return runtime == nullptr ? std::filesystem::path{} : std::filesystem::path(runtime) / "isolab";
}

Result<void> take_words(Options& options, const VerbName& verb, const std::vector<std::string>& words) {
    const std::size_t count = words.size() - 1;
    if (count < verb.fewest_words || count > verb.most_words)
        return bad_argument(words.front(),
                            count < verb.fewest_words ? "a container id is missing" : "it has too many arguments");
    if (count > 0)
        options.id = words[1];
    if (count > 0 && !is_container_id(options.id))
        return bad_argument(options.id, "a container id has letters, digits and _ + - . and does not begin with a dot");
    if (verb.takes_rest)
        options.words.assign(words.begin() + 2, words.end());
    if (!options.words.empty() && options.words.front() == "--")
        options.words.erase(options.words.begin());
    if (options.verb == Verb::kill && count > 1) {
        const auto signal = signal_number(words[2]);
        if (!signal)
            return bad_argument(words[2], "there is no such signal");
        options.signal = *signal;
    }
    return {};
}

} // namespace

Result<Options> parse_options(const std::vector<std::string>& arguments) {
    Options options;
    options.root = default_root();
    options.bundle = ".";
    Words words;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        ISOLAB_TRY(take_argument(arguments, i, options, words));
        if (options.help || options.version)
            return options;
    }
    const std::string name = words.plain.empty() ? "" : words.plain.front();
    const VerbName* verb = find_verb(name);
    if (verb == nullptr)
        return bad_argument(name, "expected: " + verb_list());
    options.verb = verb->verb;
    if ((words.verbs & bit(options.verb)) == 0)
        return bad_argument(words.last_option, "it does not belong to " + name);
    ISOLAB_TRY(take_words(options, *verb, words.plain));
    std::error_code failed;
    options.bundle = std::filesystem::absolute(options.bundle, failed).lexically_normal();
    if (!options.bundle.has_filename()) // "DIR/"
        options.bundle = options.bundle.parent_path();
    return options;
}

} // namespace isolab::launcher
