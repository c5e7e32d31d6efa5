// SPDX-License-Identifier: GPL-3.0-or-later
//
// `isolab container checkpoint` and `restore`: with a program that speaks CRIU's protocol and, where it works here,
// with CRIU itself (ISOLAB_TEST_CRIU names another than that of PATH).
#include <csignal>
#include <stdexcept>

#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/checkpoint/criu_check.h"
#include "tests/support/container_program.h"
#include "tests/support/host_state.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

namespace fs = std::filesystem;

constexpr const char* counting = "i=0; while :; do i=$((i+1)); echo $i; sleep 0.05; done";

} // namespace

class ContainerCheckpointTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    std::unique_ptr<ContainerProgram> program_;
    HostState before_;

    CommandOutput container(const std::vector<std::string>& arguments) const { return program_->container(arguments); }
    CommandOutput start(std::vector<std::string> options, const std::string& script) const {
        options.insert(options.begin(), {"run", "-d", "--name", "one"});
        options.insert(options.end(), {default_image, "sh", "-c", script});
        return program_->run(options);
    }
    CommandOutput checkpoint(std::vector<std::string> options = {},
                             const std::string& criu = helper_file("fake_criu")) const {
        options.insert(options.begin(), {"checkpoint", "--criu", criu});
        options.emplace_back("one");
        return container(options);
    }
    CommandOutput restore(std::vector<std::string> options = {},
                          const std::string& criu = helper_file("fake_criu")) const {
        options.insert(options.begin(), {"restore", "--criu", criu});
        options.emplace_back("one");
        return container(options);
    }
    std::string state() const { return program_->field("one", ".State.Status"); }
    bool has_checkpoint() const { return program_->field("one", ".State.Checkpointed") == "true"; }
    std::string address() const { return program_->field("one", ".NetworkSettings.IPAddress"); }
    /// The last number that it printed.
    int count() const {
        const std::string out = container({"logs", "--tail", "1", "one"}).out;
        return out.empty() ? 0 : std::stoi(out);
    }
    fs::path folder() const { return program_->root() / "instances/folders" / program_->field("one", ".Id"); }
    static std::string real_criu() {
        const auto criu = Criu::find(qEnvironmentVariable("ISOLAB_TEST_CRIU").toStdString());
        if (!criu)
            throw std::runtime_error(criu.error().message());
        if (const auto checked = check_criu(*criu); !checked)
            throw std::runtime_error(checked.error().message());
        return criu->program();
    }

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("CRIU needs root");
        program_ = std::make_unique<ContainerProgram>(programs_folder(), scratch_.path().toStdString() + "/data");
        VERIFY_CODE(program_->run_shell({"--rm"}, "true"), 0); // imports the image
        before_ = HostState::capture(program_->root(), program_->temporary());
    }
    void init() { qputenv("FAKE_CRIU_FAULT", ""); }
    void cleanup() {
        for (const auto& [id, listed] : program_->list())
            VERIFY_CODE(container({"rm", "--force", id}), 0);
        VERIFY_CODE(program_->run({"system", "prune"}), 0);
        const std::string left = HostState::left_since(before_, program_->root(), program_->temporary());
        QVERIFY2(left.empty(), left.c_str());
    }

    void what_is_saved_ends_whatever_its_policy() {
        VERIFY_CODE(start({"--restart", "always"}, "sleep 1000"), 0);
        const std::string former = address();
        VERIFY_CODE(checkpoint(), 0);
        QCOMPARE(state(), std::string("exited"));
        QVERIFY(has_checkpoint());
        QCOMPARE(fs::status(folder() / "checkpoint").permissions(), fs::perms::owner_all);
        QCOMPARE(program_->untruths(), std::string());
        VERIFY_CODE(restore(), 0);
        QCOMPARE(state(), std::string("running"));
        QCOMPARE(address(), former);
        QVERIFY(!has_checkpoint());
        // And the policy is the old one: it begins anew.
        ::kill(std::stoi(program_->field("one", ".State.Pid")), SIGKILL);
        QVERIFY(becomes_true([&] { return program_->field("one", ".RestartCount") == "1"; }));
    }
    void one_that_is_left_running() {
        VERIFY_CODE(start({}, "sleep 1000"), 0);
        const std::string pid = program_->field("one", ".State.Pid");
        VERIFY_CODE(checkpoint({"--leave-running"}), 0);
        VERIFY_CODE(checkpoint({"-R"}), 0); // in place of the first
        QCOMPARE(state(), std::string("running"));
        QCOMPARE(program_->field("one", ".State.Pid"), pid);
        const auto refused = restore();
        QVERIFY2(refused.code != 0 && contains(refused.err, "it is running already"), refused.err.c_str());
        VERIFY_CODE(container({"stop", "-t", "0", "one"}), 0);
        for (int again = 0; again < 2; ++again) {
            VERIFY_CODE(restore({"--keep"}), 0);
            QVERIFY(has_checkpoint());
            VERIFY_CODE(container({"stop", "-t", "0", "one"}), 0);
        }
    }
    void a_failed_checkpoint_changes_nothing() {
        VERIFY_CODE(start({"--restart", "on-failure:5"}, "sleep 1000"), 0);
        const auto missing = checkpoint({}, "/nowhere/criu");
        QVERIFY2(missing.code != 0 && contains(missing.err, "/nowhere/criu"), missing.err.c_str());
        for (const char* fault : {"dump", "silent", "vdso", "old"}) {
            qputenv("FAKE_CRIU_FAULT", fault);
            const auto output = checkpoint();
            QVERIFY(output.code != 0);
            QVERIFY2(contains(output.err, "isolab: cannot "), output.err.c_str());
            QCOMPARE(state(), std::string("running"));
        }
        for (const auto& entry : fs::directory_iterator(folder()))
            QVERIFY2(!contains(entry.path().filename().string(), "checkpoint"), entry.path().c_str());
        ::kill(std::stoi(program_->field("one", ".State.Pid")), SIGKILL);
        QVERIFY(becomes_true([&] { return program_->field("one", ".RestartCount") == "1"; }));
    }
    void a_failed_restore_keeps_the_checkpoint() {
        VERIFY_CODE(start({}, "sleep 1000"), 0);
        VERIFY_CODE(checkpoint(), 0);
        qputenv("FAKE_CRIU_FAULT", "restore");
        const auto output = restore();
        QVERIFY2(output.code != 0 && contains(output.err, "Restoring FAILED"), output.err.c_str());
        QCOMPARE(state(), std::string("exited"));
        QCOMPARE(program_->untruths(), std::string());
        QVERIFY(has_checkpoint());
        qputenv("FAKE_CRIU_FAULT", "");
        VERIFY_CODE(restore(), 0);
    }
    void an_address_that_was_given_away_is_replaced() {
        VERIFY_CODE(start({}, "sleep 1000"), 0);
        const std::string former = address();
        VERIFY_CODE(checkpoint(), 0);
        VERIFY_CODE(
            program_->run({"run", "-d", "--name", "thief", "--init", "--ip", former, default_image, "sleep", "1000"}),
            0);
        const auto output = restore();
        VERIFY_CODE(output, 0);
        QVERIFY2(contains(output.err, "it gets another address than it had: " + former), output.err.c_str());
        QVERIFY(!address().empty() && address() != former);
    }
    void a_folder_of_ones_own() {
        const std::string place = scratch_.filePath("saved").toStdString();
        VERIFY_CODE(start({}, "sleep 1000"), 0);
        VERIFY_CODE(checkpoint({"--leave-running", "--checkpoint-dir", place}), 0);
        QVERIFY(!has_checkpoint());
        const auto again = checkpoint({"--checkpoint-dir", place});
        QVERIFY2(again.code != 0 && contains(again.err, place + " exists and is not empty"), again.err.c_str());
        VERIFY_CODE(container({"stop", "-t", "0", "one"}), 0);
        VERIFY_CODE(restore({"--checkpoint-dir", place}), 0);
        QCOMPARE(state(), std::string("running"));
        QVERIFY(fs::exists(place));
        QVERIFY(remove_tree(place));
    }
    void what_cannot_be_is_refused() {
        VERIFY_CODE(container({"create", "--name", "one", default_image, "true"}), 0);
        const auto created = checkpoint();
        QVERIFY2(created.code != 0 && contains(created.err, "it is created"), created.err.c_str());
        const auto none = restore();
        QVERIFY2(none.code != 0 && contains(none.err, "there is no checkpoint in"), none.err.c_str());
        const auto several = container({"checkpoint", "--checkpoint-dir", "/tmp/x", "one", "two"});
        QVERIFY2(several.code != 0 && contains(several.err, "a folder holds one checkpoint"), several.err.c_str());
        VERIFY_CODE(container({"rm", "one"}), 0);
        VERIFY_CODE(start({"--rm"}, "sleep 1000"), 0);
        const auto fleeting = checkpoint();
        QVERIFY2(fleeting.code != 0 && contains(fleeting.err, "Use --leave-running"), fleeting.err.c_str());
        QCOMPARE(state(), std::string("running"));
    }
    void the_real_one_goes_on_where_it_was() {
        std::string criu;
        try {
            criu = real_criu();
        } catch (const std::runtime_error& error) {
            QSKIP(error.what());
        }
        VERIFY_CODE(start({"-m", "64m", "--tmpfs", "/scratch", "-v", "data:/data"},
                          "echo kept > /scratch/file; echo kept > /data/file; " + std::string(counting)),
                    0);
        QVERIFY(becomes_true([&] { return count() > 3; }));
        VERIFY_CODE(checkpoint({}, criu), 0);
        QCOMPARE(state(), std::string("exited"));
        const int last = count();
        VERIFY_CODE(restore({"--keep"}, criu), 0);
        QVERIFY(becomes_true([&] { return count() > last; }));
        QVERIFY2(count() > last, "it began anew");
        VERIFY_CODE(container({"exec", "one", "cat", "/scratch/file", "/data/file", "/etc/hosts"}), 0);
        QCOMPARE(container({"exec", "one", "grep", "-c", "eth0", "/proc/net/dev"}).out, std::string("1\n"));
        VERIFY_CODE(container({"pause", "one"}), 0);
        VERIFY_CODE(container({"unpause", "one"}), 0);
        // A terminal too: what is typed after the restore arrives.
        VERIFY_CODE(container({"rm", "--force", "one"}), 0);
        VERIFY_CODE(program_->run({"volume", "rm", "data"}), 0);
        VERIFY_CODE(start({"-t"}, counting), 0);
        QVERIFY(becomes_true([&] { return count() > 3; }));
        VERIFY_CODE(checkpoint({}, criu), 0);
        const int typed = count();
        VERIFY_CODE(restore({}, criu), 0);
        QVERIFY(becomes_true([&] { return count() > typed; }));
    }
};

ISOLAB_TEST(ContainerCheckpointTest)
#include "container_checkpoint_test.moc"
