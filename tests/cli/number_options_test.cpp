// SPDX-License-Identifier: GPL-3.0-or-later
//
// A number on the command line is the number that was written, or an error that shows it.
#include "cli/compare_options.h"
#include "cli/container_options.h"
#include "cli/container_values.h"
#include "tests/support/test_main.h"

#include <QtTest>

using namespace isolab;

namespace {

/// What the parser says of `arguments` for a command that `declare` declares; empty when it takes them.
template <class Declare> std::string complaint(Declare declare, const std::vector<std::string>& arguments) {
    ProgramParser parser("test", "");
    declare(parser.command());
    const auto stop = parser.parse(arguments);
    return stop ? stop->text : std::string();
}

template <class Number> std::string complaint_of(Number& value, const std::string& text) {
    return complaint([&](const CommandParser& command) { command.add_option("--value", value, ""); },
                     {"--value", text});
}

constexpr std::array wrong_everywhere{"0x10",
                                      "0b11",
                                      "1e3",
                                      " 5",
                                      "5 ",
                                      "5x",
                                      "1'000",
                                      "1_000",
                                      "",
                                      "--5",
                                      "99999999999999999999999999",
                                      "-99999999999999999999999999"};

} // namespace

class NumberOptionsTest : public QObject {
    Q_OBJECT

    template <class Number> void check(const std::vector<const char*>& wrong, const char* right, Number expected) {
        std::vector<const char*> all(wrong_everywhere.begin(), wrong_everywhere.end());
        all.insert(all.end(), wrong.begin(), wrong.end());
        for (const char* text : all) {
            std::optional<Number> value;
            const std::string told = complaint_of(value, text);
            QVERIFY2(told.find(text) != std::string::npos && told.find("--value") != std::string::npos,
                     (std::string(text) + ": " + told).c_str());
            QVERIFY2(!value, text);
        }
        std::optional<Number> value;
        QCOMPARE(complaint_of(value, right), std::string());
        QCOMPARE(value, std::optional(expected));
        QCOMPARE(complaint_of(value, "0010"), std::string()); // no octal number
        QCOMPARE(value, std::optional(static_cast<Number>(10)));
    }

  private slots:
    void every_kind_of_number() {
        check<unsigned>({"-1", "4294967296"}, "4294967295", 4294967295U);
        check<std::uint16_t>({"-1", "65536"}, "65535", 65535U);
        check<std::uint64_t>({"-1", "18446744073709551616"}, "18446744073709551615", ~std::uint64_t{0});
        check<std::int64_t>({"9223372036854775808", "-9223372036854775809"}, "-9223372036854775808", INT64_MIN);
        check<int>({"2147483648", "-2147483649"}, "-2147483648", INT_MIN);
    }
    void ranges_are_told() {
        unsigned value = 7;
        const auto declare = [&](const CommandParser& command) {
            command.add_option("--value", value, "").range(2, 9);
        };
        for (const char* text : {"1", "10", "-3", "0x5", "4294967298"})
            QVERIFY2(complaint(declare, {"--value", text}).find(text) != std::string::npos, text);
        QCOMPARE(value, 7U);
        QCOMPARE(complaint(declare, {"--value", "03"}), std::string());
        QCOMPARE(value, 3U);
    }
    void seeds() {
        for (const char* text : {"-1", "18446744073709551616", "0x10"}) {
            CompareOptions options;
            const std::string told = complaint(
                [&](const CommandParser& command) { declare_compare_options(command, options); }, {"--seed", text});
            QVERIFY2(told.find("--seed") != std::string::npos && told.find(text) != std::string::npos, told.c_str());
        }
    }
    void cpus_are_neither_rounded_down_nor_no_number() {
        QCOMPARE(*parse_cpus("0.29"), std::int64_t{29'000});
        QCOMPARE(*parse_cpus("1.1"), std::int64_t{110'000});
        for (const char* text : {"nan", "inf", "-nan", "1e9"})
            QVERIFY2(!parse_cpus(text), text);
    }
    void memory_that_no_machine_has_is_not_unlimited() {
        for (const char* text : {"18446744073709551615", "9223372036854775808", "8388608T"}) {
            ContainerOptions options;
            options.memory = text;
            const auto resources = resources_of(options);
            QVERIFY2(!resources && resources.error().message().find(text) != std::string::npos, text);
        }
        ContainerOptions options;
        options.memory = options.memory_swap = "-1";
        const auto resources = resources_of(options);
        QVERIFY(resources && resources->memory_limit == -1 && resources->memory_swap == -1);
    }
    void counts_of_log_files() {
        for (const char* text : {"-1", "3x", "0x3", "", "0", "4294967296"}) {
            const auto limits = parse_log_limits("json-file", {std::string("max-file=") + text});
            QVERIFY2(!limits && limits.error().message().find(std::string("max-file=") + text) != std::string::npos,
                     text);
        }
        QCOMPARE(parse_log_limits("json-file", {"max-file=4", "max-size=1M"})->files, 4U);
    }
    void tails() {
        for (const char* text : {"0x10", " 5", "5x", "", "99999999999999999999"})
            QVERIFY2(!parse_tail(text), text);
        QCOMPARE(*parse_tail("5"), std::optional(std::size_t{5}));
        QCOMPARE(*parse_tail("all"), std::nullopt);
        QCOMPARE(*parse_tail("-1"), std::nullopt); // as docker has it
    }
};

ISOLAB_TEST(NumberOptionsTest)
#include "number_options_test.moc"
