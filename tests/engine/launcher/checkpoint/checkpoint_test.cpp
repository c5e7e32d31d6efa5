// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the verbs checkpoint and restore tell CRIU, and what they make of its answers: against a program that speaks its
// protocol (tests/engine/checkpoint/fake_criu.cpp).

#include <sys/prctl.h>
#include <sys/wait.h>

#include "engine/base/file_tree.h"
#include "tests/engine/launcher/checkpoint/checkpoint_verbs.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

class CheckpointTest : public QObject, CheckpointVerbs {
    Q_OBJECT
  public:
    CheckpointTest() : CheckpointVerbs("checkpoint") {}

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("CRIU needs root");
        QCOMPARE(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
        qputenv("FAKE_CRIU_RECORD", record_file().c_str());
    }
    void init() {
        before_ = traces();
        std::filesystem::remove(record_file());
        [[maybe_unused]] const auto removed = remove_tree(images());
        qputenv("FAKE_CRIU_FAULT", "");
        criu_ = helper_file("fake_criu");
    }
    void cleanup() {
        runtime({"delete", "--force", id});
        while (::waitpid(-1, nullptr, WNOHANG) > 0) {
        }
        QCOMPARE(traces(), before_);
        QVERIFY(!std::filesystem::exists(states() / id));
    }

    void what_criu_is_told_of_a_container() {
        start({"sleep", "100"});
        VERIFY_CODE(checkpoint("--tcp-established --file-locks --manage-cgroups-mode full"), 0);
        QCOMPARE(status(), std::string("stopped"));
        const std::string told = "\n" + record();
        for (const char* line : {"\n1=1\n", "\n2.5=1\n", "\n2.8=1\n", "\n2.10=dump.log\n", "\n2.12=1\n", "\n2.34=4\n",
                                 "\n2.37=mnt[/etc/hosts]:/etc/hosts\n", "\n2.37=mnt[/dev/null]:/dev/null\n", "\n3=1\n"})
            QVERIFY2(contains(told, line), (std::string(line) + told).c_str());
        QVERIFY2(contains(told, "\n2.2=" + std::to_string(pid_) + "\n"), told.c_str());
        QVERIFY2(contains(told, "\n2.13=" + bundle_.rootfs().string() + "\n"), told.c_str());
        for (const char* line : {"\n2.3=", "\n2.4=", "\n2.7=", "\n2.15=", "\n2.37=mnt[/proc]", "\n2.37=mnt[/]"})
            QVERIFY2(!contains(told, line), (std::string(line) + told).c_str());
        QVERIFY(contains(read_file(images() / "isolab-mounts.json").value_or(""), hosts_file().string()));
        QCOMPARE(std::filesystem::status(images()).permissions(), std::filesystem::perms::owner_all);
    }
    void one_that_goes_on() {
        start({"sleep", "100"});
        VERIFY_CODE(checkpoint("--leave-running"), 0);
        VERIFY_CODE(checkpoint("--pre-dump"), 0);
        QVERIFY2(contains(record(), "1=4\n") && contains(record(), "2.15=1\n"), record().c_str());
        VERIFY_CODE(checkpoint("--leave-running --parent-path ../parent"), 0);
        QVERIFY(contains(record(), "2.14=../parent\n"));
        QCOMPARE(status(), std::string("running"));
    }
    void tracking_of_memory_is_asked_for_first() {
        qputenv("FAKE_CRIU_FAULT", "tracking");
        start({"sleep", "100"});
        const auto output = checkpoint("--pre-dump");
        QCOMPARE(output.code, 125);
        QVERIFY2(contains(output.err, "does not track"), output.err.c_str());
    }
    void a_failed_checkpoint_leaves_it_running() {
        for (const char* fault : {"dump", "silent", "vdso", "old"}) {
            qputenv("FAKE_CRIU_FAULT", fault);
            start({"sleep", "100"});
            const auto output = checkpoint("");
            QCOMPARE(output.code, 125);
            QVERIFY2(contains(output.err, "cannot "), output.err.c_str());
            if (std::string(fault) == "dump")
                QVERIFY2(contains(output.err, "CRIU failed: Error (criu/files.c:1): first; Error (criu/cr-dump.c:2)") &&
                             contains(output.err, (images() / "dump.log").string()),
                         output.err.c_str());
            QCOMPARE(status(), std::string("running"));
            VERIFY_CODE(runtime({"delete", "--force", id}), 0);
        }
    }
    void only_what_runs_is_checkpointed() {
        VERIFY_CODE(checkpoint(""), 125);
        bundle_.write(bundle_.spec({"sleep", "100"}));
        VERIFY_CODE(runtime_detached("create --bundle " + bundle_.path().string() + " " + id), 0);
        QVERIFY2(contains(checkpoint("").err, "the container is created"), checkpoint("").err.c_str());
    }
    void what_criu_is_told_of_a_restore() {
        start({"sleep", "100"});
        VERIFY_CODE(checkpoint(""), 0);
        std::filesystem::remove(record_file());
        VERIFY_CODE(restore("--detach --pid-file " + (bundle_.path() / "pid").string()), 0);
        QCOMPARE(status(), std::string("running"));
        QCOMPARE(state().value("pid", 0), std::stoi(read_file(bundle_.path() / "pid").value_or("0")));
        const std::string told = "\n" + record();
        const std::string source = hosts_file().string();
        for (const std::string& line :
             {std::string("\n1=2\n"), std::string("\n2.10=restore.log\n"), std::string("\n2.26=1\n"),
              "\n2.37=mnt[/etc/hosts]:" + source + "\n", "\n2.13=" + bundle_.rootfs().string() + "\n"})
            QVERIFY2(contains(told, line), (line + told).c_str());
        QVERIFY2(contains(told, "\n2.25.2=") == contains(told, "\n2.34=3\n"),
                 told.c_str()); // the group of the container
    }
    void a_failed_restore_leaves_nothing() {
        start({"sleep", "100"});
        VERIFY_CODE(checkpoint(""), 0);
        VERIFY_CODE(runtime({"delete", id}), 0);
        qputenv("FAKE_CRIU_FAULT", "restore");
        const auto output = restore("--detach");
        QCOMPARE(output.code, 125);
        QVERIFY2(contains(output.err, "Restoring FAILED"), output.err.c_str());
        QVERIFY(!std::filesystem::exists(states() / id));
        qputenv("FAKE_CRIU_FAULT", "");
        std::filesystem::remove(images() / "descriptors.json");
        QVERIFY(contains(restore("--detach").err, "--image-path"));
    }
    void a_running_one_is_not_replaced() {
        start({"sleep", "100"});
        VERIFY_CODE(checkpoint("--leave-running"), 0);
        QVERIFY(contains(record(), "2.3=1\n"));
        const auto output = restore("--detach");
        QCOMPARE(output.code, 125);
        QVERIFY2(contains(output.err, "exists already"), output.err.c_str());
        QCOMPARE(status(), std::string("running"));
    }
    void a_group_of_somebody_else_is_left_alone() {
        start({"sleep", "100"});
        VERIFY_CODE(checkpoint("--leave-running"), 0);
        std::filesystem::rename(states() / id, bundle_.path() / "kept"); // as of another state folder
        const auto output = restore("--detach");
        std::filesystem::rename(bundle_.path() / "kept", states() / id);
        QCOMPARE(output.code, 125);
        QVERIFY2(contains(output.err, "control group"), output.err.c_str());
        QCOMPARE(status(), std::string("running"));
    }
    void options_that_make_no_sense_are_refused() {
        VERIFY_CODE(checkpoint("--manage-cgroups-mode hard"), 125);
        VERIFY_CODE(checkpoint("--empty-ns pid"), 125);
        VERIFY_CODE(restore("--leave-running"), 125);
        VERIFY_CODE(runtime({"checkpoint", "--help"}), 0); // by which podman asks whether there is the verb
    }
};

ISOLAB_TEST(CheckpointTest)
#include "checkpoint_test.moc"
