// SPDX-License-Identifier: GPL-3.0-or-later
//
// Declares what a command line may hold, and reads one. The only way to the parser library, CLI11: its headers are
// large, and no other source includes them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace isolab {

/// Handle of a declared option or positional argument, to say more about it. As cheap to copy as a pointer; valid as
/// long as its ProgramParser. Every function returns the handle, for the next one. A text that is not of the
/// variable's type is a usage error which shows it, as is what the functions below forbid; numbers are decimal ones.
class CommandOption {
  public:
    explicit CommandOption(CLI::Option& option) : option_(&option) {}

    /// It must be given, or no longer has to be.
    CommandOption required(bool value = true) const;
    /// Word for its value in the help, such as FILE.
    CommandOption type_name(const std::string& name) const;
    /// Shows the variable's present value in the help, as the default.
    CommandOption capture_default_str() const;
    /// How many values it takes; for a list.
    CommandOption expected(int count) const;
    CommandOption expected(int least, int most) const;
    /// Of a list: whether one occurrence takes all values up to the next option (true unless this is called) or one.
    CommandOption allow_extra_args(bool value) const;
    /// Of a list: a character that separates values within one argument.
    CommandOption delimiter(char character) const;
    /// Environment variable that is read where the option is not given.
    CommandOption envname(const std::string& name) const;
    /// Only these texts are allowed; the help lists them.
    CommandOption one_of(const std::vector<std::string>& texts) const;
    /// Only numbers from `least` to `most`, both included, are allowed; the help tells so.
    CommandOption range(unsigned least, unsigned most) const;

  private:
    CLI::Option* option_;
};

/// Handle of one command, which may be the program itself, a group or a verb, to declare what it takes. As cheap to
/// copy as a pointer; valid as long as its ProgramParser.
///
/// `names` is a list such as "-f,--force"; a name without dashes makes a positional argument. Variables are written
/// while arguments are parsed and must live until then; those of options that are not given keep their value. Names
/// that are declared twice or are no names throw std::logic_error or std::runtime_error: a mistake of the program.
class CommandParser {
  public:
    explicit CommandParser(CLI::App& app) : app_(&app) {}

    /// A command below this one.
    CommandParser add_subcommand(const std::string& name, const std::string& help) const;

    CommandOption add_option(const std::string& names, std::string& value, const std::string& help = {}) const;
    CommandOption add_option(const std::string& names, std::filesystem::path& value, const std::string& help) const;
    CommandOption add_option(const std::string& names, std::vector<std::string>& values, const std::string& help) const;
    CommandOption add_option(const std::string& names, unsigned& value, const std::string& help) const;
    CommandOption add_option(const std::string& names, std::int64_t& value, const std::string& help) const;
    CommandOption add_option(const std::string& names, std::uint64_t& value, const std::string& help) const;
    CommandOption add_option(const std::string& names, std::optional<std::string>& value,
                             const std::string& help) const;
    CommandOption add_option(const std::string& names, std::optional<std::filesystem::path>& value,
                             const std::string& help) const;
    CommandOption add_option(const std::string& names, std::optional<int>& value, const std::string& help) const;
    CommandOption add_option(const std::string& names, std::optional<unsigned>& value, const std::string& help) const;
    CommandOption add_option(const std::string& names, std::optional<std::int64_t>& value,
                             const std::string& help) const;
    CommandOption add_option(const std::string& names, std::optional<std::uint16_t>& value,
                             const std::string& help) const;
    CommandOption add_option(const std::string& names, std::optional<std::uint64_t>& value,
                             const std::string& help) const;

    /// An option whose value is the name of an enumerator, in upper or lower case. `value` is an enumeration
    /// or an optional one.
    template <typename Value, typename Enum>
    CommandOption add_choice(const std::string& names, Value& value, const std::map<std::string, Enum>& choices,
                             const std::string& help) const {
        std::map<std::string, int> numbers;
        for (const auto& [name, enumerator] : choices)
            numbers.emplace(name, static_cast<int>(enumerator));
        return add_choice(
            names, [&value](int number) { value = static_cast<Enum>(number); }, numbers, help);
    }

    /// True when it is given; a name with "!" before it makes it false.
    CommandOption add_flag(const std::string& names, bool& value, const std::string& help) const;

    /// The option that has this name, which must have been declared.
    CommandOption get_option(const std::string& name) const;

    /// What is done when the command was given, after all arguments were read without error.
    CommandParser callback(std::function<void()> perform) const;
    /// So many subcommands must follow.
    CommandParser require_subcommand(int count) const;
    /// Whether options that this command does not know may be its parent's; what subcommands inherit.
    CommandParser fallthrough(bool value = true) const;
    /// Parsing ends at the first argument that is unknown; it and all after it are in remaining().
    CommandParser prefix_command() const;
    /// Arguments that were not parsed, in their order. For a callback.
    std::vector<std::string> remaining() const;

    /// Text below the options in the help.
    CommandParser footer(const std::string& text) const;
    /// Heading below which the parent's help lists it; empty: it is not listed.
    CommandParser group(const std::string& heading) const;
    /// Other names than "-h,--help" for the option that asks for help.
    CommandParser set_help_flag(const std::string& names, const std::string& help) const;
    /// Option that prints the program's version and ends.
    CommandParser set_version_flag(const std::string& names, const std::string& version) const;

  private:
    CommandOption add_choice(const std::string& names, std::function<void(int)> take,
                             const std::map<std::string, int>& choices, const std::string& help) const;

    CLI::App* app_;
};

/// Why parsing ended without a command being run.
struct ParseStop {
    int exit_code = 0; ///< 0: help or the version was asked for; otherwise the arguments are wrong
    std::string text;  ///< to print, with its line ends: to standard output for 0, otherwise to standard error
};

/// The parser of a whole program; owns all that was declared.
class ProgramParser {
  public:
    ProgramParser(const std::string& name, const std::string& description);
    ~ProgramParser();

    /// The program as a command: its options are the global ones.
    CommandParser command() const;

    /// Reads the arguments (without the program's name), writes the variables and runs the callbacks of the commands
    /// that were given. Nothing when that was done; otherwise no callback has run.
    std::optional<ParseStop> parse(std::vector<std::string> arguments);

  private:
    std::unique_ptr<CLI::App> app_;
};

} // namespace isolab
