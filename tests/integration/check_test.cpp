// SPDX-License-Identifier: GPL-3.0-or-later
//
// `isolab check` and `isolab history` where the data folder cannot be used.
#include <unistd.h>

#include "engine/base/json.h"
#include "tests/support/places.h"
#include "tests/support/program.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;

class CheckTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    std::unique_ptr<Program> program_;

    /// Runs `isolab --root "$1" ARGUMENTS…` behind `stage`, a shell command, in a mount namespace of its own.
    CommandOutput staged(const std::string& stage, const std::string& root,
                         const std::vector<std::string>& arguments) const {
        std::vector<std::string> line{
            "unshare",
            "--mount",
            "--propagation=private",
            "sh",
            "-c",
            stage + R"( && program="$0" && root="$1" && shift && exec "$program" --root "$root" "$@")",
            program_file("isolab"),
            root};
        line.insert(line.end(), arguments.begin(), arguments.end());
        auto output = run_command(line, {}, std::chrono::minutes(2));
        return output ? std::move(*output) : CommandOutput{-1, "", output.error().message()};
    }

    static std::size_t count(const std::string& text, const std::string& word) {
        std::size_t found = 0;
        for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
            ++found;
        return found;
    }

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("mounts need root");
        program_ = std::make_unique<Program>(programs_folder(), scratch_.path().toStdString() + "/data");
        VERIFY_CODE(program_->run({"compare", "hello", "--sides", "container", "--runs", "2", "--warmup", "0"}), 0);
    }
    void a_data_folder_that_can_be_used_is_found() {
        const CommandOutput output = program_->run({"check", "--format", "json"});
        const auto document = parse_json(output.out, "check");
        VERIFY_OK(document);
        for (const Json& one : (*document)["prerequisites"])
            if (one["id"] == "data-folder")
                QCOMPARE(one["state"].get<std::string>(), std::string("found"));
        QCOMPARE(count(output.out, "\"data-folder\""), std::size_t{1});
        QVERIFY(std::filesystem::exists(program_->root() / "history.sqlite"));
        for (const auto& entry : std::filesystem::directory_iterator(program_->root()))
            QVERIFY2(!entry.path().filename().string().starts_with(".isolab-trial"), entry.path().c_str());
    }
    void one_that_is_not_there_yet_is_not_made() {
        const std::string root = scratch_.path().toStdString() + "/not/yet";
        const CommandOutput output = staged("true", root, {"check"});
        QVERIFY2(output.out.find("found     data folder") != std::string::npos, output.out.c_str());
        QVERIFY(!std::filesystem::exists(scratch_.path().toStdString() + "/not"));
    }
    void one_that_cannot_be_used_is_named_once_data() {
        QTest::addColumn<QString>("stage");
        QTest::addColumn<QString>("root");
        QTest::addColumn<QString>("cause");
        QTest::addColumn<QString>("remedy");
        const QString root = scratch_.path() + "/data";
        QTest::newRow("read-only") << R"(mount --bind "$1" "$1" && mount -o remount,bind,ro "$1")" << root
                                   << "Read-only file system"
                                   << "Name another folder";
        QTest::newRow("full") << R"(mount -t tmpfs -o size=256k none "$1" && mkdir "$1/layers" && )"
                                 R"({ cat /dev/zero >"$1/filler" 2>/dev/null || true; })"
                              << root << "No space left on device"
                              << "Make room";
        QTest::newRow("in /proc") << "true"
                                  << "/proc/nope"
                                  << "No such file or directory"
                                  << "Name another folder";
        QTest::newRow("a file") << "true" << program_->root().c_str() + QStringLiteral("/history.sqlite")
                                << "Not a directory"
                                << "Name another folder";
    }
    void one_that_cannot_be_used_is_named_once() {
        QFETCH(QString, stage);
        QFETCH(QString, root);
        QFETCH(QString, cause);
        QFETCH(QString, remedy);
        const CommandOutput output = staged(stage.toStdString(), root.toStdString(), {"check"});
        const std::string told = output.out + output.err;
        QVERIFY2(output.code == 3, told.c_str());
        QVERIFY2(told.find("unusable  data folder") != std::string::npos, told.c_str());
        QVERIFY2(count(told, cause.toStdString()) == 1 && count(told, remedy.toStdString()) == 1, told.c_str());
    }
    void the_history_is_read_in_a_read_only_folder() {
        const CommandOutput list = program_->run({"history", "ls"});
        const std::string stage = R"(mount --bind "$1" "$1" && mount -o remount,bind,ro "$1")";
        VERIFY_RUN(staged(stage, program_->root(), {"history", "ls"}), 0, list.out);
        const CommandOutput shown = staged(stage, program_->root(), {"history", "show", "2", "--format", "json"});
        VERIFY_CODE(shown, 0);
        VERIFY_RUN(program_->run({"history", "show", "2", "--format", "json"}), 0, shown.out);
    }
    void the_history_is_read_by_a_user_who_cannot_write_to_it() {
        // The folder may be closed to others, so only its history goes where he can read it.
        const auto place = make_temporary_directory("/tmp", "iso-");
        VERIFY_OK(place);
        const TemporaryTree tree(*place);
        const std::filesystem::path root = tree.path() / "data";
        copy_programs(programs_folder(), tree.path());
        std::filesystem::create_directory(root);
        std::filesystem::copy_file(program_->root() / "history.sqlite", root / "history.sqlite");
        std::filesystem::permissions(root / "history.sqlite", std::filesystem::perms(0644)); // as its owner may decide
        const CommandOutput list = program_->run({"history", "ls"});
        const auto output =
            run_command({"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                         (tree.path() / "bin/isolab").string(), "--root", root.string(), "history", "ls"},
                        {}, std::chrono::minutes(2));
        VERIFY_OK(output);
        VERIFY_RUN(*output, 0, list.out);
    }
};

ISOLAB_TEST(CheckTest)
#include "check_test.moc"
