// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/file_lock.h"
#include "tests/support/patience.h"
#include "tests/support/test_main.h"

#include <cerrno>
#include <csignal>
#include <future>

#include <QTemporaryDir>
#include <QtTest>
#include <pthread.h>
#include <sys/stat.h>

using namespace isolab;
using namespace isolab::test;

class FileLockTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    std::filesystem::path path(const char* name) const { return folder_.path().toStdString() + "/" + name; }

  private slots:
    void file_is_made_for_its_owner_alone() {
        const auto held = lock_file(path("made"));
        QVERIFY(held);
        struct stat status {};
        QCOMPARE(::fstat(held->get(), &status), 0);
        QCOMPARE(status.st_mode & 07777U, 0600U);
    }
    void exclusive_keeps_all_others_out_until_it_is_closed() {
        auto held = lock_file(path("exclusive"));
        const auto other = open_lock_file(path("exclusive"));
        QVERIFY(held && other);
        QVERIFY(!try_lock(*other, LockKind::shared));
        QCOMPARE(errno, EWOULDBLOCK);
        QVERIFY(!try_lock(*other, LockKind::exclusive));
        held->reset();
        QVERIFY(try_lock(*other, LockKind::exclusive));
    }
    void waiting_has_an_end_and_says_for_whom() {
        const auto held = lock_file(path("held"));
        QVERIFY(held);
        const auto other = open_lock_file(path("held"));
        QVERIFY(other);
        const auto refused = wait_for_lock(*other, LockKind::shared, "the thing", {std::chrono::milliseconds(1), {}});
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::timeout);
        const std::string text = refused.error().message();
        QVERIFY2(text.find("process " + std::to_string(::getpid()) + " (") != std::string::npos &&
                     text.find("file_lock_test") != std::string::npos && text.find("the thing") != std::string::npos,
                 text.c_str());
        StopSource stop;
        stop.request_stop();
        QCOMPARE(wait_for_lock(*other, LockKind::shared, "the thing", {patience, stop.token()}).error().kind,
                 ErrorKind::cancelled);
    }
    void shared_keeps_only_exclusive_out() {
        const auto held = lock_file(path("shared"), LockKind::shared);
        const auto other = open_lock_file(path("shared"));
        QVERIFY(held && other);
        QVERIFY(!try_lock(*other, LockKind::exclusive));
        QVERIFY(try_lock(*other, LockKind::shared));
    }
    void folders_are_locked_themselves() {
        const std::filesystem::path folder = folder_.path().toStdString();
        const auto held = lock_folder(folder);
        const auto other = open_lock_folder(folder);
        QVERIFY(held && other);
        QVERIFY(!try_lock(*other, LockKind::shared));
    }
    void what_cannot_be_opened_says_so() {
        QCOMPARE(lock_folder(path("missing")).error().kind, ErrorKind::not_found);
        QCOMPARE(lock_file(path("missing/lock")).error().kind, ErrorKind::not_found);
        QCOMPARE(::symlink("exclusive", path("link").c_str()), 0);
        QVERIFY(!lock_file(path("link")));
    }
    void signal_does_not_end_the_wait() {
        struct sigaction action {};
        action.sa_handler = [](int) {}; // without SA_RESTART, so that flock(2) ends with EINTR
        struct sigaction before {};
        QCOMPARE(::sigaction(SIGUSR1, &action, &before), 0);
        auto held = lock_file(path("waited"));
        const auto other = open_lock_file(path("waited"));
        QVERIFY(held && other);
        std::promise<pthread_t> thread;
        auto waiting = std::async(std::launch::async, [&] {
            thread.set_value(::pthread_self());
            return wait_for_lock(*other, LockKind::exclusive, "waited");
        });
        const pthread_t waiter = thread.get_future().get();
        for (int i = 0; i < 20 && waiting.wait_for(std::chrono::milliseconds(5)) == std::future_status::timeout; ++i)
            ::pthread_kill(waiter, SIGUSR1);
        QVERIFY(waiting.wait_for(std::chrono::seconds(0)) == std::future_status::timeout);
        held->reset();
        QVERIFY(waiting.get());
        QCOMPARE(::sigaction(SIGUSR1, &before, nullptr), 0);
    }
    void no_descriptor_is_an_error() {
        QVERIFY(!try_lock(UniqueFd(), LockKind::shared));
        QCOMPARE(wait_for_lock(UniqueFd(), LockKind::shared, "nothing").error().subject, std::string("nothing"));
    }
};

ISOLAB_TEST(FileLockTest)
#include "file_lock_test.moc"
