// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <thread>

#include <sys/stat.h>

#include "engine/base/clock.h"
#include "engine/base/file_tree.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "virt/guest/unix_listener.h"
#include "virt/libvirt/connection.h"
#include "virt/libvirt/domain.h"
#include "virt/virt.h"

using namespace isolab;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// Connections to libvirt's own test driver, to servers that are not there, and the places of processes.
class ConnectionTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_{"/tmp/isolab-XXXXXX"}; // short, for the sockets
    fs::path path(const std::string& name) const { return fs::path(scratch_.path().toStdString()) / name; }

  private slots:
    void starts_and_destroys_domains();
    void destroys_only_its_own_leftovers();
    void names_a_server_that_is_missing();
    void check_connects_and_leaves_nothing();
    void gives_up_on_a_silent_server();
    void can_be_stopped_while_connecting();
    void goes_on_with_an_opening_left_early();
    void gives_every_process_its_slot();
    void cleans_a_free_slot();
    void finds_room_for_sockets();
    void meets_in_the_data_folder();
    void cleans_a_folder_outside();
    void keeps_odd_characters_from_libvirt();
    void refuses_a_socket_path_that_is_too_long();
};

namespace {
std::string test_domain(const std::string& name) {
    return "<domain type='test'><name>" + name + "</name><memory>1024</memory><os><type>hvm</type></os></domain>";
}
int running(const VirtConnection& connection) { return virConnectNumOfDomains(connection.handle.get()); }
} // namespace

void ConnectionTest::starts_and_destroys_domains() {
    const auto connection = open_connection(path("root"), "test:///default", {});
    VERIFY_OK(connection);
    QVERIFY(!(*connection)->embedded);
    const int before = running(**connection);
    {
        auto domain = Domain::create(**connection, test_domain("one"), "one");
        VERIFY_OK(domain);
        QCOMPARE(running(**connection), before + 1);
        const auto twice = Domain::create(**connection, test_domain("one"), "one");
        QVERIFY(!twice);
        QVERIFY(domain->destroy());
        QVERIFY(domain->destroy());
    }
    QCOMPARE(running(**connection), before);
    const auto broken = Domain::create(**connection, "<domain", "broken");
    QVERIFY(!broken);
    QVERIFY(!broken.error().cause.empty());
}

void ConnectionTest::destroys_only_its_own_leftovers() {
    const fs::path root = path("root");
    const auto connection = open_connection(root, "test:///default", {});
    QVERIFY(connection);
    const int before = running(**connection);
    const std::string slot = std::to_string((*connection)->slot.number());
    const std::string stale = Slot::domain_prefix(root) + slot + "-00000001";
    const std::string foreign = Slot::domain_prefix(path("other")) + slot + "-00000001";
    const std::string living = Slot::domain_prefix(root) + "63-00000001";
    for (const std::string& name : {stale, foreign, living})
        virDomainFree(virDomainCreateXML((*connection)->handle.get(), test_domain(name).c_str(), 0));
    QCOMPARE(running(**connection), before + 3);
    QVERIFY(destroy_leftover_domains(**connection));
    QCOMPARE(running(**connection), before + 2);
    QVERIFY(!DomainHandle(virDomainLookupByName((*connection)->handle.get(), stale.c_str())));
}

void ConnectionTest::names_a_server_that_is_missing() {
    const std::string uri = "qemu+unix:///system?socket=" + path("nobody").string();
    const auto connection = open_connection(path("root"), uri, {});
    QVERIFY(!connection);
    QCOMPARE(connection.error().kind, ErrorKind::unavailable);
    QVERIFY(connection.error().message().find(uri) != std::string::npos);
    QVERIFY(!connection.error().remedy.empty());
}

void ConnectionTest::check_connects_and_leaves_nothing() {
    HypervisorOptions options;
    options.root = path("unused");
    const auto state = [&](const std::string& uri) {
        options.uri = uri;
        for (const Prerequisite& found : check_virt(options))
            if (found.id == "libvirt")
                return found;
        return Prerequisite{};
    };
    QCOMPARE(state("test:///default").state, Prerequisite::State::found);
    const std::string missing = "qemu+unix:///system?socket=" + path("nobody").string();
    const Prerequisite unusable = state(missing);
    QCOMPARE(unusable.state, Prerequisite::State::unusable);
    QVERIFY(unusable.detail.starts_with(missing + ": ") && !unusable.remedy.empty());
    QVERIFY(!fs::exists(options.root));
}

void ConnectionTest::gives_up_on_a_silent_server() {
    const auto silent = UnixListener::open(path("silent"));
    QVERIFY(silent);
    const Nanoseconds begun = monotonic_now();
    const auto connection = open_connection(path("root"), "qemu+unix:///system?socket=" + path("silent").string(), {});
    QVERIFY(!connection);
    QCOMPARE(connection.error().kind, ErrorKind::timeout);
    QVERIFY(monotonic_now() - begun < test::patience);
}

void ConnectionTest::can_be_stopped_while_connecting() {
    const auto silent = UnixListener::open(path("silent2"));
    QVERIFY(silent);
    StopSource stop;
    std::jthread later([&] {
        std::this_thread::sleep_for(200ms);
        stop.request_stop();
    });
    const auto connection =
        open_connection(path("root"), "qemu+unix:///system?socket=" + path("silent2").string(), stop.token());
    QVERIFY(!connection);
    QCOMPARE(connection.error().kind, ErrorKind::cancelled); // the deadline would end it with timeout
}

/// Nothing ends the embedded driver's opening: its place must not become free while it goes on.
void ConnectionTest::goes_on_with_an_opening_left_early() {
    if (const auto user = check_driver_user(); !user)
        QSKIP(user.error().message().c_str());
    const fs::path root = path("embedded");
    StopSource stopped;
    stopped.request_stop();
    const auto left = open_connection(root, {}, stopped.token());
    if (!left) // it may be quick enough
        QCOMPARE(left.error().kind, ErrorKind::cancelled);
    const auto other = Slot::take(root);
    QVERIFY(other);
    QCOMPARE(other->number(), 1U);
    const auto opened = open_connection(root / "", {}, {});
    VERIFY_OK(opened);
    QVERIFY((*opened)->embedded);
    QCOMPARE((*opened)->slot.number(), 0U);
    QCOMPARE(open_connection(root, {}, stopped.token()).value(), *opened);
    const auto second = open_connection(path("another"), {}, {});
    QVERIFY(!second);
    QCOMPARE(second.error().kind, ErrorKind::unsupported);
}

void ConnectionTest::gives_every_process_its_slot() {
    const fs::path root = path("slots");
    auto first = Slot::take(root);
    QVERIFY(first);
    QCOMPARE(first->number(), 0U);
    {
        const auto second = Slot::take(root);
        QVERIFY(second);
        QCOMPARE(second->number(), 1U);
    }
    const auto third = Slot::take(root);
    QVERIFY(third);
    QCOMPARE(third->number(), 1U);
}

void ConnectionTest::cleans_a_free_slot() {
    const fs::path root = path("stale");
    fs::path folder;
    {
        const auto slot = Slot::take(root);
        QVERIFY(slot);
        folder = slot->folder();
    }
    fs::create_directories(folder / "run" / "qemu");
    fs::create_directories(folder / "s");
    fs::create_directories(machine_folder(root, 0, "dead"));
    fs::create_directories(machine_folder(root, 10, "alive"));
    QVERIFY(write_file_atomically(folder / "run" / "qemu" / "x.pid", "1\n")); // a number that others use now
    QVERIFY(write_file_atomically(folder / "s" / "x.con", ""));
    const auto slot = Slot::take(root);
    VERIFY_OK(slot);
    QVERIFY(!fs::exists(folder / "run") && !fs::exists(folder / "s"));
    QVERIFY(!fs::exists(machine_folder(root, 0, "dead")));
    QVERIFY(fs::exists(machine_folder(root, 10, "alive")));
}

void ConnectionTest::finds_room_for_sockets() {
    const fs::path root = path(std::string(80, 'x'));
    const auto slot = Slot::take(root);
    VERIFY_OK(slot);
    QVERIFY(slot->folder().string().size() < 50);
    struct stat status {};
    QCOMPARE(::stat(slot->folder().parent_path().c_str(), &status), 0);
    QCOMPARE(status.st_mode & 0777U, 0700U);
    QVERIFY(remove_tree(slot->folder().parent_path()));
}

/// Processes of one data folder never share a place, whatever they call it and wherever its sockets are.
void ConnectionTest::meets_in_the_data_folder() {
    const fs::path root = path(std::string(80, 'y'));
    const QByteArray runtime = qgetenv("XDG_RUNTIME_DIR");
    fs::create_directories(path("run"));
    qunsetenv("XDG_RUNTIME_DIR");
    const auto first = Slot::take(root);
    qputenv("XDG_RUNTIME_DIR", QByteArray::fromStdString(path("run").string()));
    const auto second = Slot::take(root);
    const auto third = Slot::take(root / "");
    fs::create_directory_symlink(root, path("link"));
    const auto fourth = Slot::take(path("link"));
    runtime.isNull() ? qunsetenv("XDG_RUNTIME_DIR") : qputenv("XDG_RUNTIME_DIR", runtime);
    QVERIFY(first && second && third && fourth);
    QCOMPARE(first->number(), 0U);
    QCOMPARE(second->number(), 1U);
    QCOMPARE(third->number(), 2U);
    QCOMPARE(fourth->number(), 3U);
    QVERIFY(first->folder().parent_path() != second->folder().parent_path());
}

/// A process that died had its folder where this one would not look.
void ConnectionTest::cleans_a_folder_outside() {
    const fs::path root = path(std::string(80, 'z'));
    const QByteArray runtime = qgetenv("XDG_RUNTIME_DIR");
    fs::create_directories(path("r2"));
    qputenv("XDG_RUNTIME_DIR", QByteArray::fromStdString(path("r2").string()));
    const fs::path former = Slot::take(root)->folder();
    runtime.isNull() ? qunsetenv("XDG_RUNTIME_DIR") : qputenv("XDG_RUNTIME_DIR", runtime);
    QVERIFY(former.string().starts_with(path("r2").string()));
    fs::create_directories(former / "run" / "qemu");
    fs::permissions(former.parent_path(), fs::perms::owner_all);
    const auto slot = Slot::take(root);
    VERIFY_OK(slot);
    QCOMPARE(slot->number(), 0U);
    QVERIFY(!fs::exists(former.parent_path()));
}

void ConnectionTest::keeps_odd_characters_from_libvirt() {
    const fs::path root = path("mit ü & Raum");
    const auto slot = Slot::take(root);
    VERIFY_OK(slot);
    QVERIFY(slot->folder().string().find_first_of(" &%\xc3") == std::string::npos);
    QVERIFY(fs::exists(root / "libvirt" / "0.lock"));
}

void ConnectionTest::refuses_a_socket_path_that_is_too_long() {
    const auto listener = UnixListener::open(path(std::string(120, 'x')));
    QVERIFY(!listener);
    QCOMPARE(listener.error().kind, ErrorKind::invalid_argument);
}

ISOLAB_TEST(ConnectionTest)
#include "connection_test.moc"
