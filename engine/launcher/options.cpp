// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/options.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>

#include <unistd.h>

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

Result<void> take_option(Options& options, const std::string& name, const std::string& value) {
    if (name == "--bundle") {
        options.bundle = value;
    } else if (name == "--root") {
        options.root = value;
    } else if (name == "--pid-file") {
        options.pid_file = value;
    } else if (name == "--probe") {
        ISOLAB_ASSIGN(options.probe, parse_probe(value));
    } else if (name == "--event-fd") {
        const auto fd = number_of(value);
        if (!fd || *fd < 3)
            return bad(value, "a descriptor above 2 is expected");
        options.event_fd = *fd;
    } else {
        return bad(name, "it is not known");
    }
    return {};
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
    std::vector<std::string> words;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        options.help = options.help || argument == "--help";
        options.version = options.version || argument == "--version";
        if (options.help || options.version)
            return options;
        if (!argument.starts_with("--")) {
            words.push_back(argument);
            continue;
        }
        const auto equals = argument.find('=');
        if (equals == std::string::npos && i + 1 == arguments.size())
            return bad(argument, "its value is missing");
        ISOLAB_TRY(take_option(options, argument.substr(0, equals),
                               equals == std::string::npos ? arguments[++i] : argument.substr(equals + 1)));
    }
    options.adopt = !words.empty() && words.front() == "adopt";
    if (words.size() != 2 || (words.front() != "run" && !options.adopt))
        return bad(words.empty() ? "" : words.front(), "expected: run [OPTION...] ID");
    options.id = words.back();
    if (!is_container_id(options.id))
        return bad(options.id, "a container id has letters, digits and _ + - . and does not begin with a dot");
    std::error_code failed;
    options.bundle = std::filesystem::absolute(options.bundle, failed);
    return options;
}

std::string usage() {
    return "Usage: isolab-runtime run [--bundle DIR] [--root DIR] [--pid-file FILE]\n"
           "                          [--event-fd N [--probe tcp:PORT|http:PORT/PATH]] ID\n"
           "       isolab-runtime adopt [--bundle DIR] ID\n"
           "\n"
           "Runs the container that DIR/config.json (OCI runtime specification 1.x) describes and waits for its end.\n"
           "A mount of type overlay on / is the root file system; otherwise root.path is.\n"
           "adopt gives what users of an ended container own in DIR/snapshot back to the caller.\n"
           "\n"
           "  --bundle DIR     folder with config.json (default: the current one)\n"
           "  --root DIR       data folder for caches (default: /run/isolab, or $XDG_RUNTIME_DIR/isolab)\n"
           "  --pid-file FILE  write the process id of the container's first process to FILE\n"
           "  --event-fd N     report to, and take requests from, the SOCK_SEQPACKET socket N\n"
           "  --probe WHAT     report when the port answers inside the container\n"
           "\n"
           "Exit code: the container's; 125 when it could not be started, 126 when its command cannot be executed,\n"
           "127 when its command does not exist.\n";
}

} // namespace isolab::launcher
