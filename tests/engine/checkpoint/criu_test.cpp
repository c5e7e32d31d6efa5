// SPDX-License-Identifier: GPL-3.0-or-later
//
// Exchanges with a program that speaks CRIU's protocol (fake_criu.cpp).
#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/checkpoint/criu_check.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

class CriuTest : public QObject {
    Q_OBJECT
  private slots:
    void init() {
        folder_ = *make_temporary_directory(std::filesystem::temp_directory_path(), "isolab-criu-");
        images_ = *open_directory(folder_);
        qputenv("FAKE_CRIU_RECORD", (folder_ / "record").c_str());
        qputenv("FAKE_CRIU_FAULT", "");
    }
    void cleanup() { QVERIFY(remove_tree(folder_)); }

    void a_program_that_is_missing_is_named() {
        const auto criu = Criu::find("/no/such/criu");
        QCOMPARE(criu.error().kind, ErrorKind::unavailable);
        QVERIFY(criu.error().message().find("/no/such/criu") != std::string::npos);
    }
    void one_that_works_passes() {
        const auto status = check_criu(*Criu::find(helper_file("fake_criu")));
        VERIFY_OK(status);
        QCOMPARE(status->version.text(), std::string("4.2"));
        QVERIFY(status->features.track_memory && !status->features.lazy_pages);
    }
    void one_that_is_too_old_does_not() {
        qputenv("FAKE_CRIU_FAULT", "old");
        const auto status = check_criu(*Criu::find(helper_file("fake_criu")));
        QCOMPARE(status.error().kind, ErrorKind::unsupported);
        QVERIFY(status.error().cause.find("3.2") != std::string::npos);
    }
    void one_that_does_not_know_this_kernel_does_not() {
        qputenv("FAKE_CRIU_FAULT", "vdso");
        const auto status = check_criu(*Criu::find(helper_file("fake_criu")));
        QCOMPARE(status.error().kind, ErrorKind::unsupported);
        QVERIFY(status.error().cause.find("vDSO") != std::string::npos);
        QVERIFY2(status.error().remedy.find("newer CRIU") != std::string::npos, status.error().message().c_str());
    }
    void notifications_are_answered() {
        QStringList seen;
        CriuCall call;
        call.notified = [&seen](const CriuNotification& notification, UniqueFd) -> Result<void> {
            seen += QString::fromStdString(notification.script);
            return {};
        };
        const auto response =
            Criu::find(helper_file("fake_criu"))->ask({CriuMessageType::pre_dump, options(), {}, {}}, call);
        QVERIFY(response && response->success);
        QCOMPARE(seen, (QStringList{"pre-dump", "post-dump"}));
    }
    void what_a_notification_fails_with_is_the_error() {
        CriuCall call;
        call.notified = [](const CriuNotification&, UniqueFd) -> Result<void> {
            return fail(ErrorKind::no_space, "keep state", "x", "the disk is full");
        };
        const auto response =
            Criu::find(helper_file("fake_criu"))->ask({CriuMessageType::pre_dump, options(), {}, {}}, call);
        QCOMPARE(response.error().kind, ErrorKind::no_space);
    }
    void a_restored_process_is_a_child_and_its_terminal_comes_along() {
        CriuOptions request = options();
        request.orphan_terminals = true;
        UniqueFd terminal;
        pid_t started = 0;
        CriuCall call;
        call.started = [&started](pid_t pid) -> Result<void> {
            started = pid;
            return {};
        };
        call.notified = [&terminal](const CriuNotification& notification, UniqueFd descriptor) -> Result<void> {
            if (notification.script == "orphan-pts-master")
                terminal = std::move(descriptor);
            return {};
        };
        const auto response =
            Criu::find(helper_file("fake_criu"))->ask({CriuMessageType::restore, request, {}, {}}, call);
        QVERIFY(response && response->success);
        QVERIFY(started > 0);
        QVERIFY(terminal && ::isatty(terminal.get()) == 1);
        QVERIFY(response->restored_pid > 0);
        ::kill(response->restored_pid, SIGKILL);
        QCOMPARE(::waitpid(response->restored_pid, nullptr, 0), response->restored_pid);
    }
    void one_that_says_nothing_is_an_error() {
        qputenv("FAKE_CRIU_FAULT", "silent");
        const auto response = Criu::find(helper_file("fake_criu"))->ask({CriuMessageType::dump, options(), {}, {}});
        QCOMPARE(response.error().kind, ErrorKind::unavailable);
    }
    void a_failure_tells_what_the_log_says() {
        qputenv("FAKE_CRIU_FAULT", "dump");
        const auto response = Criu::find(helper_file("fake_criu"))->ask({CriuMessageType::dump, options(), {}, {}});
        QVERIFY(response && !response->success);
        const Error error = criu_failure("checkpoint container", "x", *response, folder_ / "the.log");
        QCOMPARE(error.message(), "cannot checkpoint container x: CRIU failed: Error (criu/files.c:1): first; "
                                  "Error (criu/cr-dump.c:2): Dumping FAILED. See " +
                                      (folder_ / "the.log").string());
    }
    void a_failure_without_a_log_tells_the_answer() {
        CriuResponse response;
        response.error = "busy";
        QCOMPARE(criu_failure("checkpoint container", "x", response, "/no/log").cause,
                 std::string("CRIU failed: busy"));
        response.error.clear();
        response.error_number = EBUSY;
        QVERIFY(criu_failure("checkpoint container", "x", response, "/no/log").cause.size() > 15);
    }
    void logs_without_errors_show_their_end() {
        QCOMPARE(errors_in_log("(00.1) one\ntwo\n(00.2) three\n(00.3) four\n"), std::string("two; three; four"));
        QCOMPARE(errors_in_log(""), std::string());
    }

  private:
    CriuOptions options() const {
        CriuOptions request;
        request.images_fd = images_.get();
        request.log_file = "the.log";
        return request;
    }

    std::filesystem::path folder_;
    UniqueFd images_;
};

ISOLAB_TEST(CriuTest)
#include "criu_test.moc"
