// SPDX-License-Identifier: GPL-3.0-or-later
#include <charconv>

#include "compare/model/line_matcher.h"
#include "compare/model/workload.h"

namespace isolab {
namespace {

tl::unexpected<Error> wrong_readiness(std::string_view text, std::string cause) {
    return fail(ErrorKind::invalid_argument, "read the readiness condition", "\"" + std::string(text) + "\"",
                std::move(cause), "Write exit, log:REGEX, tcp:PORT or http:PORT/PATH");
}

Result<std::uint16_t> parse_port(std::string_view digits, std::string_view text) {
    unsigned port = 0;
    const char* end = digits.data() + digits.size();
    const auto [rest, error] = std::from_chars(digits.data(), end, port);
    if (error != std::errc{} || rest != end || port < 1 || port > 65535)
        return wrong_readiness(text, "port \"" + std::string(digits) + "\" is not a number from 1 to 65535");
    return static_cast<std::uint16_t>(port);
}

Result<Readiness> parse_log(std::string_view pattern, std::string_view text) {
    if (pattern.empty())
        return wrong_readiness(text, "the regular expression is empty");
    if (const auto usable = LineMatcher::check(std::string(pattern)); !usable)
        return wrong_readiness(text, "the regular expression is invalid: " + usable.error().cause);
    return Readiness{Readiness::Kind::log, std::string(pattern)};
}

Result<Readiness> parse_http(std::string_view address, std::string_view text) {
    const std::size_t slash = std::min(address.find('/'), address.size());
    ISOLAB_ASSIGN(const std::uint16_t port, parse_port(address.substr(0, slash), text));
    const std::string path = slash < address.size() ? std::string(address.substr(slash)) : "/";
    for (const char letter : path)
        if (static_cast<unsigned char>(letter) <= ' ')
            return wrong_readiness(text, "the path must not contain spaces or control characters");
    if (path.size() > 512)
        return wrong_readiness(text, "the path is longer than 512 bytes");
    return Readiness{Readiness::Kind::http, "", port, path};
}

} // namespace

Result<Readiness> Readiness::parse(std::string_view text) {
    if (text == "exit")
        return Readiness{};
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos)
        return wrong_readiness(text, "there is no such condition");
    const std::string_view kind = text.substr(0, colon);
    const std::string_view value = text.substr(colon + 1);
    if (kind == "log")
        return parse_log(value, text);
    if (kind == "http")
        return parse_http(value, text);
    if (kind != "tcp")
        return wrong_readiness(text, "there is no such condition");
    ISOLAB_ASSIGN(const std::uint16_t port, parse_port(value, text));
    return Readiness{Kind::tcp, "", port};
}

std::string Readiness::text() const {
    switch (kind) {
    case Kind::exit:
        break;
    case Kind::log:
        return "log:" + pattern;
    case Kind::tcp:
        return "tcp:" + std::to_string(port);
    case Kind::http:
        return "http:" + std::to_string(port) + path;
    }
    return "exit";
}

} // namespace isolab
