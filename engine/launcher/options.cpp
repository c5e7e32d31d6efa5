// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/options.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>

#include <unistd.h>

#include "engine/base/signal_name.h"

namespace isolab::launcher {
namespace {

tl::unexpected<Error> bad(const std::string& argument, const std::string& cause) {
    return fail(ErrorKind::invalid_argument, "use argument", argument, cause, "See isolab-runtime --help");
}

std::optional<int> number_of(const std::string& text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

bool is_container_id(const std::string& id) {
    const auto allowed = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '+' || c == '-' || c == '.';
    };
    return !id.empty() && id.size() <= 128 && id.front() != '.' && std::ranges::all_of(id, allowed);
}

/// "tcp:PORT" or "http:PORT/PATH".
Result<PortProbe> parse_probe(const std::string& text) {
    const auto colon = text.find(':');
    const auto slash = text.find('/');
    const std::string kind = text.substr(0, colon);
    if (colon == std::string::npos || (kind != "tcp" && kind != "http"))
        return bad(text, "a probe is tcp:PORT or http:PORT/PATH");
    const auto port = number_of(text.substr(colon + 1, slash == std::string::npos ? slash : slash - colon - 1));
    if (!port || *port < 1 || *port > 65535)
        return bad(text, "the port is not between 1 and 65535");
    PortProbe probe{static_cast<std::uint16_t>(*port), std::nullopt};
    if (kind == "http")
        probe.http_path = slash == std::string::npos ? "/" : text.substr(slash);
    return probe;
}

struct VerbName {
    std::string_view name;
    Verb verb;
    std::size_t fewest_words; ///< after the verb
    std::size_t most_words;
};
constexpr std::array verb_names{
    VerbName{"run", Verb::run, 1, 1},     VerbName{"create", Verb::create, 1, 1},
    VerbName{"start", Verb::start, 1, 1}, VerbName{"state", Verb::state, 1, 1},
    VerbName{"kill", Verb::kill, 1, 2},   VerbName{"delete", Verb::remove, 1, 1},
    VerbName{"list", Verb::list, 0, 0},   VerbName{"adopt", Verb::adopt, 1, 1},
};

Result<void> take_event_socket(Options& options, const std::string& value) {
    const auto fd = number_of(value);
    if (!fd || *fd < 3)
        return bad(value, "a descriptor above 2 is expected");
    options.event_fd = *fd;
    return {};
}

Result<void> take_log_format(Options& options, const std::string& value) {
    if (value != "text" && value != "json")
        return bad(value, "a log format is text or json");
    options.log_json = value == "json";
    return {};
}

Result<void> take_list_format(Options& options, const std::string& value) {
    if (value != "table" && value != "json")
        return bad(value, "a format is table or json");
    options.json = value == "json";
    return {};
}

constexpr unsigned bit(Verb verb) { return 1U << static_cast<unsigned>(verb); }
constexpr unsigned any_verb = ~0U;
constexpr unsigned starting = bit(Verb::run) | bit(Verb::create);

struct ValueOption {
    std::string_view name;
    unsigned verbs; ///< that know it
    Result<void> (*take)(Options&, const std::string&);
};
const std::array value_options{
    ValueOption{"--root", any_verb,
                [](Options& o, const std::string& v) -> Result<void> {
                    o.root = v;
                    return {};
                }},
    ValueOption{"--log", any_verb,
                [](Options& o, const std::string& v) -> Result<void> {
                    o.log = v;
                    return {};
                }},
    ValueOption{"--log-format", any_verb, take_log_format},
    ValueOption{"--bundle", starting | bit(Verb::adopt),
                [](Options& o, const std::string& v) -> Result<void> {
                    o.bundle = v;
                    return {};
                }},
    ValueOption{"--pid-file", starting,
                [](Options& o, const std::string& v) -> Result<void> {
                    o.pid_file = v;
                    return {};
                }},
    ValueOption{"--probe", bit(Verb::run),
                [](Options& o, const std::string& v) -> Result<void> {
                    ISOLAB_ASSIGN(o.probe, parse_probe(v));
                    return {};
                }},
    ValueOption{"--event-fd", bit(Verb::run), take_event_socket},
    ValueOption{"--format", bit(Verb::list), take_list_format},
};

struct FlagOption {
    std::string_view name;
    unsigned verbs;
    bool Options::*member;
};
constexpr std::array flag_options{
    FlagOption{"--help", any_verb, &Options::help},          FlagOption{"--version", any_verb, &Options::version},
    FlagOption{"--all", bit(Verb::kill), &Options::all},     FlagOption{"--force", bit(Verb::remove), &Options::force},
    FlagOption{"--quiet", bit(Verb::list), &Options::quiet},
};

/// The command line's parts, before it is known what they belong to.
struct Words {
    std::vector<std::string> plain;
    unsigned verbs = any_verb; ///< that know all options given
    std::string last_option;
};

Result<void> take_argument(const std::vector<std::string>& arguments, std::size_t& at, Options& options, Words& words) {
    const std::string& argument = arguments[at];
    if (!argument.starts_with("-")) {
        words.plain.push_back(argument);
        return {};
    }
    if (const auto* flag = std::ranges::find(flag_options, argument, &FlagOption::name); flag != flag_options.end()) {
        options.*flag->member = true;
        words.verbs &= flag->verbs;
        words.last_option = argument;
        return {};
    }
    const auto equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    const auto* option = std::ranges::find(value_options, name, &ValueOption::name);
    if (option == value_options.end())
        return bad(name, "it is not known");
    if (equals == std::string::npos && at + 1 == arguments.size())
        return bad(argument, "its value is missing");
    words.verbs &= option->verbs;
    words.last_option = name;
    return option->take(options, equals == std::string::npos ? arguments[++at] : argument.substr(equals + 1));
}

std::filesystem::path default_root() {
    if (::geteuid() == 0)
        return "/run/isolab";
    const char* runtime = std::getenv("XDG_RUNTIME_DIR"); // NOLINT(concurrency-mt-unsafe): one thread
    return runtime == nullptr ? std::filesystem::path{} : std::filesystem::path(runtime) / "isolab";
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
    const auto* verb = std::ranges::find(verb_names, name, &VerbName::name);
    if (verb == verb_names.end())
        return bad(name, "expected: run, create, start, state, kill, delete, list or adopt");
    options.verb = verb->verb;
    if ((words.verbs & bit(options.verb)) == 0)
        return bad(words.last_option, "it does not belong to " + name);
    const std::size_t count = words.plain.size() - 1;
    if (count < verb->fewest_words || count > verb->most_words)
        return bad(name, count < verb->fewest_words ? "a container id is missing" : "it has too many arguments");
    if (count > 0)
        options.id = words.plain[1];
    if (count > 0 && !is_container_id(options.id))
        return bad(options.id, "a container id has letters, digits and _ + - . and does not begin with a dot");
    if (count > 1) {
        const auto signal = signal_number(words.plain[2]);
        if (!signal)
            return bad(words.plain[2], "there is no such signal");
        options.signal = *signal;
    }
    std::error_code failed;
    options.bundle = std::filesystem::absolute(options.bundle, failed);
    return options;
}

std::string usage() {
    return "Usage: isolab-runtime run [--bundle DIR] [--pid-file FILE] [--event-fd N [--probe "
           "tcp:PORT|http:PORT/PATH]] ID\n"
           "       isolab-runtime create [--bundle DIR] [--pid-file FILE] ID\n"
           "       isolab-runtime start ID\n"
           "       isolab-runtime state ID\n"
           "       isolab-runtime kill [--all] ID [SIGNAL]\n"
           "       isolab-runtime delete [--force] ID\n"
           "       isolab-runtime list [--format table|json] [--quiet]\n"
           "       isolab-runtime adopt [--bundle DIR] ID\n"
           "Options of all: [--root DIR] [--log FILE] [--log-format text|json]\n"
           "\n"
           "run starts the container that DIR/config.json (OCI runtime specification 1.x) describes and waits for its\n"
           "end; create and start do it in two steps and wait for nothing. A mount of type overlay on / is the root\n"
           "file system; otherwise root.path is. adopt gives what users of an ended container own in DIR/snapshot "
           "back\n"
           "to the caller.\n"
           "\n"
           "  --bundle DIR     folder with config.json (default: the current one)\n"
           "  --root DIR       folder for caches and states (default: /run/isolab, or $XDG_RUNTIME_DIR/isolab)\n"
           "  --log FILE       add errors and warnings to FILE, as lines of --log-format (default: text)\n"
           "  --pid-file FILE  write the process id of the container's first process to FILE\n"
           "  --event-fd N     report to, and take requests from, the SOCK_SEQPACKET socket N\n"
           "  --probe WHAT     report when the port answers inside the container\n"
           "  --all            signal every process of the container\n"
           "  --force          end the container first; one that does not exist is no error\n"
           "  --quiet          print ids only\n"
           "\n"
           "SIGNAL is a name or a number (default: TERM). Exit code of run: the container's; 125 when it could not be\n"
           "started, 126 when its command cannot be executed, 127 when its command does not exist. Of the others: 0,\n"
           "or 125 and a message.\n";
}

} // namespace isolab::launcher
