// SPDX-License-Identifier: GPL-3.0-or-later
//
// `isolab history`: lists, tags, notes, removing.
#include <sstream>

#include "cli/command_line.h"
#include "compare/history/history.h"
#include "engine/base/json.h"
#include "tests/cli/captured_output.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

struct CommandEnd {
    ExitCode code = ExitCode::ok;
    std::string out, error;
};

ComparisonResult tiny_comparison(const std::string& id, const char* workload) {
    ComparisonResult result;
    result.id = id;
    result.started_at = std::chrono::seconds(1'700'000'000);
    result.plan.workload.id = workload;
    result.plan.sides = {"container"};
    result.plan.seed = 7;
    result.sides = {{.side = "container", .title = "Container"}};
    return result;
}

} // namespace

class HistoryCommandsTest : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> scratch_;

    std::filesystem::path root() const { return scratch_->path().toStdString(); }

    CommandEnd history(const std::vector<std::string>& arguments) const { return in_folder(root(), arguments); }

    CommandEnd in_folder(const std::string& folder, std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), {"--root", folder, "history"});
        const CapturedStream out(STDOUT_FILENO, root() / "out");
        const CapturedStream error(STDERR_FILENO, root() / "error");
        const ExitCode code = run_command_line(arguments);
        return {code, out.text(), error.text()};
    }

  private slots:
    void init() {
        scratch_ = std::make_unique<QTemporaryDir>();
        const auto history = History::open(root() / "history.sqlite");
        VERIFY_OK(history);
        ComparisonResult first = tiny_comparison("20260101-000000-aaaa", "hello");
        ComparisonResult second = tiny_comparison("20260101-000001-bbbb", "http");
        ExperimentResult experiment;
        experiment.id = "20260101-000002-cccc";
        experiment.experiment.id = "trial";
        experiment.experiment.workloads = {"http"};
        experiment.experiment.worlds = {"container"};
        ComparisonResult part = tiny_comparison("20260101-000003-dddd", "http");
        part.plan.part_of = PartOf{experiment.id, 0};
        VERIFY_OK((*history)->begin(first));
        VERIFY_OK((*history)->begin(second));
        VERIFY_OK((*history)->begin(experiment));
        VERIFY_OK((*history)->begin(part));
        VERIFY_OK((*history)->set_origin(second.id, "elsewhere"));
    }

    void tags_are_given_printed_and_taken_away() {
        QVERIFY(history({"tag", "20260101-000000", "paper", "figure-2"}).code == ExitCode::ok);
        QCOMPARE(history({"tag", "20260101-000000-aaaa"}).out, std::string("figure-2\npaper\n"));
        QVERIFY(history({"tag", "20260101-000000", "new", "--delete", "paper"}).code == ExitCode::ok);
        QCOMPARE(history({"tag", "20260101-000000"}).out, std::string("figure-2\nnew\n"));
        const CommandEnd missing = history({"tag", "20260101-000000", "-d", "paper"});
        QVERIFY(missing.code == ExitCode::usage);
        QVERIFY(missing.error.find("does not have it") != std::string::npos);
        const CommandEnd spaced = history({"tag", "20260101-000000", "good", "two words"});
        QVERIFY(spaced.code == ExitCode::usage);
        QCOMPARE(history({"tag", "20260101-000000"}).out, std::string("figure-2\nnew\n"));
        QVERIFY(history({"tag", "20260101"}).error.find("more than one id") != std::string::npos);
        QVERIFY(history({"tag", "2027"}).code == ExitCode::usage);
    }

    void notes_are_written_printed_and_cleared() {
        QVERIFY(history({"note", "20260101-000000", "after the new kernel"}).code == ExitCode::ok);
        QCOMPARE(history({"note", "20260101-000000"}).out, std::string("after the new kernel\n"));
        QVERIFY(history({"note", "20260101-000000", ""}).code == ExitCode::usage);
        QVERIFY(history({"note", "20260101-000000", "text", "--clear"}).code == ExitCode::usage);
        QVERIFY(history({"note", "20260101-000000", std::string(longest_note + 1, 'x')}).code == ExitCode::usage);
        QVERIFY(history({"note", "20260101-000000", "\xff"}).code == ExitCode::usage);
        QCOMPARE(history({"note", "20260101-000000"}).out, std::string("after the new kernel\n"));
        QVERIFY(history({"note", "20260101-000000", "--clear"}).code == ExitCode::ok);
        QCOMPARE(history({"note", "20260101-000000"}).out, std::string());
    }

    void notes_come_from_standard_input_too() {
        const std::filesystem::path input = root() / "input";
        VERIFY_OK(write_user_file(input, "two\nlines \x1b[31m\n\n"));
        const UniqueFd before(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
        const UniqueFd file(::open(input.c_str(), O_RDONLY | O_CLOEXEC));
        ::dup2(file.get(), STDIN_FILENO);
        const CommandEnd end = history({"note", "20260101-000000", "-"});
        ::dup2(before.get(), STDIN_FILENO);
        QVERIFY(end.code == ExitCode::ok);
        QCOMPARE(history({"note", "20260101-000000"}).out, std::string("two\nlines \xef\xbf\xbd[31m\n"));
    }

    void removing_is_all_or_nothing_and_never_leaves_a_torn_experiment() {
        QVERIFY(history({"rm", "20260101-000000", "2027"}).code == ExitCode::usage);
        QVERIFY(history({"show", "20260101-000000"}).code == ExitCode::ok);
        const CommandEnd torn = history({"rm", "20260101-000003"});
        QVERIFY(torn.code == ExitCode::usage);
        QVERIFY(torn.error.find("belongs to result 20260101-000002-cccc") != std::string::npos);
        QCOMPARE(history({"rm", "20260101-000000", "20260101-000002"}).out,
                 std::string("20260101-000000-aaaa\n20260101-000002-cccc\n"));
        QVERIFY(history({"show", "20260101-000003"}).code == ExitCode::usage);
        QVERIFY(history({"show", "20260101-000001"}).code == ExitCode::ok);
    }

    void lists_show_origin_and_tags_and_are_filtered() {
        QVERIFY(history({"tag", "20260101-000001", "paper", "b"}).code == ExitCode::ok);
        const std::string list = history({"ls"}).out;
        QVERIFY(list.find("ORIGIN") != std::string::npos && list.find("elsewhere") != std::string::npos);
        QVERIFY(list.find("b,paper") != std::string::npos);
        const auto ids = [&](std::vector<std::string> options) {
            options.insert(options.begin(), {"ls", "--format", "json"});
            std::vector<std::string> found;
            const std::string text = history(options).out;
            for (const Json& entry : Json::parse(text))
                found.push_back(entry.at("id").get<std::string>().substr(16));
            return found;
        };
        using Ids = std::vector<std::string>;
        QCOMPARE(ids({}), (Ids{"bbbb", "aaaa", "cccc"}));
        QCOMPARE(ids({"--kind", "experiment"}), (Ids{"cccc"}));
        QCOMPARE(ids({"--kind", "comparison", "--all", "--limit", "1"}), (Ids{"dddd"}));
        QCOMPARE(ids({"--tag", "paper"}), (Ids{"bbbb"}));
        QVERIFY(history({"ls", "--kind", "thing"}).code == ExitCode::usage);
        QVERIFY(history({"ls", "--limit", "0"}).code == ExitCode::usage);
        const std::string text = history({"ls", "--tag", "paper", "--format", "json"}).out;
        const Json entry = Json::parse(text).at(0);
        QCOMPARE(entry.at("origin").get<std::string>(), std::string("elsewhere"));
        QCOMPARE(entry.at("tags").size(), std::size_t{2});
        QVERIFY(entry.at("note").is_null() && entry.at("part_of").is_null());
    }

    void results_come_over_in_a_file() {
        const std::string file = root() / "export.json";
        const std::string elsewhere = root() / "new/data";
        QVERIFY(history({"tag", "20260101-000000", "paper"}).code == ExitCode::ok);
        QVERIFY(
            history({"export", "20260101-000000", "20260101-000000-aaaa", "20260101-000001", "--output", file}).code ==
            ExitCode::ok);
        const CommandEnd part = history({"export", "20260101-000003"});
        QVERIFY(part.code == ExitCode::usage && part.out.empty());
        QVERIFY(in_folder(elsewhere, {"import", root() / "none.json"}).code == ExitCode::usage);
        const CommandEnd taken = in_folder(elsewhere, {"import", file});
        QCOMPARE(taken.out, std::string("20260101-000000-aaaa imported\n20260101-000001-bbbb imported\n"));
        QCOMPARE(in_folder(elsewhere, {"import", file}).out,
                 std::string("20260101-000000-aaaa skipped: it is there already\n"
                             "20260101-000001-bbbb skipped: it is there already\n"));
        const CommandEnd again = in_folder(elsewhere, {"export", "20260101-000000", "20260101-000001"});
        QCOMPARE(again.out, *read_file(file));
        std::string changed = again.out;
        const std::size_t place = changed.find("\"hello\"");
        QVERIFY(place != std::string::npos);
        changed.replace(place, 7, "\"hallo\"");
        VERIFY_OK(write_user_file(file, changed));
        const CommandEnd refused = in_folder(root() / "third", {"import", file});
        QVERIFY(refused.code == ExitCode::failed);
        QVERIFY(refused.error.find("changed after it was written") != std::string::npos);
    }

    void private_ones_name_no_folder_of_this_machine() {
        const auto store = History::open(root() / "history.sqlite");
        ComparisonResult result = tiny_comparison("20260101-000009-eeee", "hello");
        result.sides[0].error =
            Error{ErrorKind::system, "open", (root() / "images/x").string(), "it is gone", "Look for it"};
        VERIFY_OK((*store)->begin(result));
        QVERIFY(history({"export", result.id}).out.find(root().string()) != std::string::npos);
        const CommandEnd hidden = history({"export", result.id, "--private"});
        QVERIFY(hidden.out.find(root().string()) == std::string::npos);
        QVERIFY(hidden.out.find("<data>/images/x") != std::string::npos);
        const Json document = Json::parse(hidden.out);
        QVERIFY(document.at("results").at(0).at("origin").is_null());
        for (const char* format : {"json", "markdown", "csv"}) {
            const CapturedStream out(STDOUT_FILENO, root() / "out");
            QVERIFY(run_command_line({"--root", root(), "report", result.id, "--private", "--format", format}) ==
                    ExitCode::ok);
            QVERIFY(!out.text().empty() && out.text().find(root().string()) == std::string::npos);
        }
    }
};

ISOLAB_TEST(HistoryCommandsTest)
#include "history_commands_test.moc"
