// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/command_parser.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <sstream>

#include <CLI/CLI.hpp>

namespace isolab {
namespace {

template <class T> struct NumberIn { using Type = T; };
template <class T> struct NumberIn<std::optional<T>> { using Type = T; };

/// Takes decimal numbers that the variable can hold and nothing else. The library would read "-1" as the largest
/// unsigned number, what is too large as that too, and 010 as eight.
template <class Number> std::string require_number(std::string& text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size())
        return "\"" + text + "\" is no whole number from " + std::to_string(std::numeric_limits<Number>::min()) +
               " to " + std::to_string(std::numeric_limits<Number>::max());
    text = std::to_string(number);
    return {};
}

template <class Value>
CLI::Option* add_number(CLI::App& app, const std::string& names, Value& value, const std::string& help) {
    // A transformation comes before all checks.
    return app.add_option(names, value, help)
        ->transform(CLI::Validator(require_number<typename NumberIn<Value>::Type>, std::string()));
}

} // namespace

CommandOption CommandOption::required(bool value) const { return CommandOption(*option_->required(value)); }

CommandOption CommandOption::type_name(const std::string& name) const {
    return CommandOption(*option_->type_name(name));
}

CommandOption CommandOption::capture_default_str() const { return CommandOption(*option_->capture_default_str()); }

CommandOption CommandOption::expected(int count) const { return CommandOption(*option_->expected(count)); }

CommandOption CommandOption::expected(int least, int most) const {
    return CommandOption(*option_->expected(least, most));
}

CommandOption CommandOption::allow_extra_args(bool value) const {
    return CommandOption(*option_->allow_extra_args(value));
}

CommandOption CommandOption::delimiter(char character) const { return CommandOption(*option_->delimiter(character)); }

CommandOption CommandOption::envname(const std::string& name) const { return CommandOption(*option_->envname(name)); }

CommandOption CommandOption::one_of(const std::vector<std::string>& texts) const {
    return CommandOption(*option_->check(CLI::IsMember(texts)));
}

CommandOption CommandOption::range(unsigned least, unsigned most) const {
    return CommandOption(*option_->check(CLI::Range(least, most)));
}

CommandParser CommandParser::add_subcommand(const std::string& name, const std::string& help) const {
    return CommandParser(*app_->add_subcommand(name, help));
}

CommandOption CommandParser::add_option(const std::string& names, std::string& value, const std::string& help) const {
    return CommandOption(*app_->add_option(names, value, help));
}

CommandOption CommandParser::add_option(const std::string& names, std::filesystem::path& value,
                                        const std::string& help) const {
    return CommandOption(*app_->add_option(names, value, help));
}

CommandOption CommandParser::add_option(const std::string& names, std::vector<std::string>& values,
                                        const std::string& help) const {
    return CommandOption(*app_->add_option(names, values, help));
}

CommandOption CommandParser::add_option(const std::string& names, unsigned& value, const std::string& help) const {
    return CommandOption(*add_number(*app_, names, value, help));
}

CommandOption CommandParser::add_option(const std::string& names, std::int64_t& value, const std::string& help) const {
    return CommandOption(*add_number(*app_, names, value, help));
}

CommandOption CommandParser::add_option(const std::string& names, std::uint64_t& value, const std::string& help) const {
    return CommandOption(*add_number(*app_, names, value, help));
}

CommandOption CommandParser::add_option(const std::string& names, std::optional<std::string>& value,
                                        const std::string& help) const {
    return CommandOption(*app_->add_option(names, value, help));
}

CommandOption CommandParser::add_option(const std::string& names, std::optional<std::filesystem::path>& value,
                                        const std::string& help) const {
    return CommandOption(*app_->add_option(names, value, help));
}

CommandOption CommandParser::add_option(const std::string& names, std::optional<int>& value,
                                        const std::string& help) const {
    return CommandOption(*add_number(*app_, names, value, help));
}

CommandOption CommandParser::add_option(const std::string& names, std::optional<unsigned>& value,
                                        const std::string& help) const {
    return CommandOption(*add_number(*app_, names, value, help));
}

CommandOption CommandParser::add_option(const std::string& names, std::optional<std::int64_t>& value,
                                        const std::string& help) const {
    return CommandOption(*add_number(*app_, names, value, help));
}

CommandOption CommandParser::add_option(const std::string& names, std::optional<std::uint16_t>& value,
                                        const std::string& help) const {
    return CommandOption(*add_number(*app_, names, value, help));
}

CommandOption CommandParser::add_option(const std::string& names, std::optional<std::uint64_t>& value,
                                        const std::string& help) const {
    return CommandOption(*add_number(*app_, names, value, help));
}

CommandOption CommandParser::add_choice(const std::string& names, std::function<void(int)> take,
                                        const std::map<std::string, int>& choices, const std::string& help) const {
    CLI::Option* option = app_->add_option_function<std::string>(
        names, [take = std::move(take), choices](const std::string& name) { take(choices.at(name)); }, help);
    std::vector<std::string> known;
    known.reserve(choices.size());
    for (const auto& [name, number] : choices)
        known.push_back(name);
    // Its own description would stand in the help beside ours. It also turns "KVM" into "kvm".
    return CommandOption(*option->transform(CLI::IsMember(known, CLI::ignore_case).description("")));
}

CommandOption CommandParser::add_flag(const std::string& names, bool& value, const std::string& help) const {
    return CommandOption(*app_->add_flag(names, value, help));
}

CommandOption CommandParser::get_option(const std::string& name) const {
    return CommandOption(*app_->get_option(name));
}

CommandParser CommandParser::callback(std::function<void()> perform) const {
    return CommandParser(*app_->callback(std::move(perform)));
}

CommandParser CommandParser::require_subcommand(int count) const {
    return CommandParser(*app_->require_subcommand(count));
}

CommandParser CommandParser::fallthrough(bool value) const { return CommandParser(*app_->fallthrough(value)); }

CommandParser CommandParser::prefix_command() const { return CommandParser(*app_->prefix_command()); }

std::vector<std::string> CommandParser::remaining() const { return app_->remaining(); }

CommandParser CommandParser::footer(const std::string& text) const { return CommandParser(*app_->footer(text)); }

CommandParser CommandParser::group(const std::string& heading) const { return CommandParser(*app_->group(heading)); }

CommandParser CommandParser::set_help_flag(const std::string& names, const std::string& help) const {
    app_->set_help_flag(names, help);
    return *this;
}

CommandParser CommandParser::set_version_flag(const std::string& names, const std::string& version) const {
    app_->set_version_flag(names, version);
    return *this;
}

ProgramParser::ProgramParser(const std::string& name, const std::string& description)
    : app_(std::make_unique<CLI::App>(description, name)) {}

ProgramParser::~ProgramParser() = default;

CommandParser ProgramParser::command() const { return CommandParser(*app_); }

std::optional<ParseStop> ProgramParser::parse(std::vector<std::string> arguments) {
    std::ranges::reverse(arguments); // CLI11 takes them from the back
    try {
        app_->parse(arguments);
    } catch (const CLI::ParseError& error) {
        std::ostringstream out;
        std::ostringstream err;
        const int exit_code = app_->exit(error, out, err);
        return ParseStop{exit_code, exit_code == 0 ? out.str() : err.str()};
    }
    return std::nullopt;
}

} // namespace isolab
