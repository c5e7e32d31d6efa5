// SPDX-License-Identifier: GPL-3.0-or-later
//
// Files in and out of containers, running and stopped.
#include "engine/base/process_identity.h"
#include "tests/engine/launcher/copy/copy_verb.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"
#include "tests/support/user_namespaces.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

class CopyTest : public QObject, CopyVerb {
    Q_OBJECT
  public:
    CopyTest() : CopyVerb("copy") {}

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("owners and namespaces need root");
        prepare_case();
    }
    void init() { prepare(); }
    void cleanup() { clean(); }

    void files_get_their_owner_and_mode_data() { worlds(); }
    void files_get_their_owner_and_mode() {
        QFETCH(bool, running);
        begin(running);
        write(host() / "tool", "content");
        QVERIFY(::chown((host() / "tool").c_str(), 12, 34) == 0 && ::chmod((host() / "tool").c_str(), 06755) == 0);
        QVERIFY(run_command({"touch", "-d", "@1600000000.5", (host() / "tool").string()}));
        VERIFY_CODE(copy({"in", "tool", "/srv"}), 0);
        const fs::path inside = bundle_.rootfs() / "srv/tool";
        QCOMPARE(read_file(inside).value(), std::string("content"));
        QCOMPARE(owner_of(inside), std::string("0:0"));
        QCOMPARE(mode_of(inside), 0755U);
        QCOMPARE(status_of(inside).st_mtim.tv_sec, 1600000000);
        VERIFY_CODE(copy({"in", "tool", "/srv/kept"}, {"-a"}), 0);
        QCOMPARE(owner_of(bundle_.rootfs() / "srv/kept"), std::string("12:34"));
        QCOMPARE(mode_of(bundle_.rootfs() / "srv/kept"), 06755U);
        VERIFY_CODE(copy({"out", "srv/kept", "back"}), 0);
        QCOMPARE(owner_of(host() / "back"), std::string("0:0"));
        QCOMPARE(mode_of(host() / "back"), 0755U);
        VERIFY_CODE(copy({"out", "srv/kept", "owned"}, {"-a"}), 0);
        QCOMPARE(owner_of(host() / "owned"), std::string("12:34"));
        QCOMPARE(mode_of(host() / "owned"), 0755U);
    }
    void destinations_follow_the_rules_data() {
        QTest::addColumn<std::string>("source");
        QTest::addColumn<std::string>("dest");
        QTest::addColumn<std::string>("found"); // with code 0, otherwise a part of the message
        QTest::addColumn<int>("code");
        const auto row = [](const char* source, const char* dest, const char* found, int code = 0) {
            QTest::addRow("%s to %s", source, dest)
                << std::string(source) << std::string(dest) << std::string(found) << code;
        };
        row("file", "/srv", "srv/file");
        row("file", "srv/", "srv/file");
        row("file", "/srv/new", "srv/new");
        row("file", "/srv/old", "srv/old");
        row("file", "/srv/new/", "no such directory", 125);
        row("file", "/none/new", "no directory /none/", 125);
        row("file", "/srv/dir", "srv/dir/file");
        row("file", "/srv/todir", "srv/dir/file");
        row("file", "/srv/toold", "srv/old");
        row("file", "/srv/dangling", "srv/target");
        row("file", "/srv/old/x", "Not a directory", 125);
        row("tree", "/srv", "srv/tree/sub/leaf");
        row("tree", "/srv/new", "srv/new/sub/leaf");
        row("tree", "/srv/new/", "srv/new/sub/leaf");
        row("tree/.", "/srv", "srv/sub/leaf");
        row("tree/.", "/srv/new", "srv/new/sub/leaf");
        row("tree/", "/srv", "srv/tree/sub/leaf");
        row("tree", "/srv/old", "file of that name", 125);
        row("tree", "/none/new", "no directory /none/", 125);
        row("sub", "/srv/clash", "file of that name", 125);
        row("leaf", "/srv/clash", "directory of that name", 125);
        row("file", "/", "file");
        row("missing", "/srv", "missing", 125);
        row("file/.", "/srv", "Not a directory", 125);
    }
    void destinations_follow_the_rules() {
        QFETCH(std::string, source);
        QFETCH(std::string, dest);
        QFETCH(std::string, found);
        QFETCH(int, code);
        const fs::path srv = bundle_.rootfs() / "srv";
        fs::create_directories(srv / "dir");
        fs::create_directories(srv / "clash/leaf");
        write(srv / "clash/sub", "s");
        write(srv / "old", "old and longer");
        fs::create_symlink("/srv/dir", srv / "todir");
        fs::create_symlink("old", srv / "toold");
        fs::create_symlink("target", srv / "dangling");
        fs::create_directories(host() / "tree/sub");
        fs::create_directories(host() / "sub");
        for (const char* file : {"file", "leaf", "tree/sub/leaf"})
            write(host() / file, "new");
        bundle_.write(sleeping());
        const auto output = copy({"in", source, dest});
        VERIFY_CODE(output, code);
        if (code == 0)
            QCOMPARE(read_file(bundle_.rootfs() / found).value(), std::string("new"));
        else
            QVERIFY2(contains(output.err, found), output.err.c_str());
        fs::remove(bundle_.rootfs() / "file");
    }
    void links_are_copied_or_followed() {
        write(bundle_.rootfs() / "srv/real", "r");
        fs::create_symlink("/srv/real", bundle_.rootfs() / "srv/link");
        bundle_.write(sleeping());
        VERIFY_CODE(copy({"out", "/srv/link", "."}), 0);
        QCOMPARE(fs::read_symlink(host() / "link"), fs::path("/srv/real"));
        VERIFY_CODE(copy({"out", "/srv/link", "followed"}, {"-L"}), 0);
        QVERIFY(fs::is_regular_file(fs::symlink_status(host() / "followed")));
    }
    void volumes_and_overlays_of_a_stopped_container_are_used() {
        for (const char* name : {"upper", "work", "volume", "closed"})
            fs::create_directories(bundle_.path() / name);
        RuntimeSpec spec = sleeping();
        spec.mounts.insert(spec.mounts.begin(),
                           {"/",
                            "overlay",
                            "overlay",
                            {"lowerdir=" + bundle_.rootfs().string(), "upperdir=" + (bundle_.path() / "upper").string(),
                             "workdir=" + (bundle_.path() / "work").string()},
                            {},
                            {}});
        spec.root_path = (bundle_.path() / "merged").string();
        fs::create_directories(spec.root_path);
        spec.mounts.push_back({"/vol", "bind", (bundle_.path() / "volume").string(), {"rbind"}, {}, {}});
        spec.mounts.push_back({"/closed", "bind", (bundle_.path() / "closed").string(), {"rbind", "ro"}, {}, {}});
        bundle_.write(spec);
        write(host() / "file", "x");
        VERIFY_CODE(copy({"in", "file", "/etc"}), 0);
        QVERIFY(fs::exists(bundle_.path() / "upper/etc/file") && !fs::exists(bundle_.rootfs() / "etc/file"));
        VERIFY_CODE(copy({"in", "file", "/vol"}), 0);
        QVERIFY(fs::exists(bundle_.path() / "volume/file"));
        const auto closed = copy({"in", "file", "/closed"});
        VERIFY_CODE(closed, 125);
        QVERIFY2(contains(closed.err, "Read-only"), closed.err.c_str());
        VERIFY_CODE(copy({"out", "/vol/file", "back"}), 0);
        spec.root_read_only = true;
        bundle_.write(spec);
        VERIFY_CODE(copy({"in", "file", "/etc/other"}), 125);
        VERIFY_CODE(copy({"in", "file", "/vol/other"}), 0);
    }
    void big_and_deep_trees_are_whole_data() { worlds(); }
    void big_and_deep_trees_are_whole() {
        QFETCH(bool, running);
        const std::string script =
            "cd '" + host().string() + "'; mkdir tree; cd tree\n" +
            "for d in $(seq 12); do mkdir d$d; for f in $(seq 100); do echo $d $f > d$d/$f; done; "
            "done\n" // more files than a process may have open
            "truncate -s 64M hole; ln -s d1 link; head -c 20M /dev/urandom > noise\n"
            "for i in $(seq 400); do mkdir deep; cd deep; done; echo bottom > file";
        QVERIFY(run_checked({"sh", "-ec", script}));
        begin(running);
        VERIFY_CODE(copy({"in", "tree", "/srv"}), 0);
        VERIFY_CODE(copy({"out", "/srv/tree", "back"}), 0);
        VERIFY_CODE(
            *run_command({"diff", "-r", "--no-dereference", (host() / "tree").string(), (host() / "back").string()}),
            0);
        QVERIFY(status_of(host() / "back/hole").st_blocks < 1000);
        fs::remove_all(bundle_.rootfs() / "srv");
    }
    void ids_of_a_user_namespace_are_translated() {
        RuntimeSpec spec = sleeping();
        spec.namespaces.user = true;
        spec.uid_mappings = {{0, 100000, 65536}};
        spec.gid_mappings = {{0, 200000, 65536}};
        QVERIFY(run_command({"chown", "-Rh", "100000:200000", bundle_.rootfs().string()}));
        start(spec);
        write(host() / "file", "x");
        QVERIFY(::chown((host() / "file").c_str(), 12, 34) == 0 && ::chmod((host() / "file").c_str(), 0600) == 0);
        VERIFY_CODE(copy({"in", "file", "/srv"}), 0);
        QCOMPARE(owner_of(bundle_.rootfs() / "srv/file"), std::string("100000:200000"));
        VERIFY_CODE(copy({"in", "file", "/srv/kept"}, {"-a"}), 0);
        QCOMPARE(owner_of(bundle_.rootfs() / "srv/kept"), std::string("100012:200034"));
        VERIFY_CODE(copy({"in", "file", "/dev/shm/kept"}, {"-a"}), 0); // a file system of the namespace
        const auto seen = runtime({"exec", id, "sh", "-c", "busybox stat -c %u:%g /dev/shm/kept /srv/file"});
        QCOMPARE(QByteArray::fromStdString(seen.out), QByteArray("12:34\n0:0\n"));
        VERIFY_CODE(copy({"out", "/dev/shm/kept", "back"}, {"-a"}), 0);
        QCOMPARE(owner_of(host() / "back"), std::string("12:34"));
        VERIFY_CODE(copy({"out", "/dev/shm/kept", "mine"}), 0);
        QCOMPARE(owner_of(host() / "mine"), std::string("0:0"));
        QVERIFY(run_command({"chown", "-Rh", "0:0", bundle_.rootfs().string()}));
    }
    void ordinary_users_copy_too_data() { worlds(); }
    void ordinary_users_copy_too() {
        QFETCH(bool, running);
        if (const std::string why = why_no_user_namespaces(); !why.empty())
            QSKIP(why.c_str());
        fs::remove(bundle_.path() / "launcher");
        RuntimeSpec spec = sleeping();
        spec.namespaces.user = true;
        spec.uid_mappings = {{0, 65534, 1}};
        spec.gid_mappings = {{0, 65534, 1}};
        bundle_.write(spec);
        fs::permissions(bundle_.path() / "config.json", fs::perms(0644));
        write(host() / "file", "x");
        become_ordinary_user();
        std::optional<ChildProcess> container;
        if (running) {
            std::vector<std::string> argv = prefix_;
            argv.insert(argv.end(),
                        {(bundle_.path() / "launcher").string(), "run", "--bundle", bundle_.path().string(), "--root",
                         (bundle_.path() / "user").string(), "--pid-file", (host() / "pid").string(), "rootless"});
            fs::remove(host() / "pid");
            auto child = spawn({argv, std::nullopt, {{2, 2}}, false});
            QVERIFY(child);
            container = std::move(*child);
            VERIFY_SOON(fs::exists(host() / "pid"));
            VERIFY_SOON(!read_file(host() / "pid")->empty());
            pid_ = std::stoi(*read_file(host() / "pid"));
        }
        VERIFY_CODE(copy({"in", "file", "/srv"}), 0);
        QCOMPARE(owner_of(bundle_.rootfs() / "srv/file"), std::string("65534:65534"));
        VERIFY_CODE(copy({"in", "file", "/srv/kept"}, {"-a"}), 0);
        VERIFY_CODE(copy({"out", "/srv/file", "back"}, {"-a"}), 0);
        QCOMPARE(owner_of(host() / "back"), std::string("65534:65534"));
        if (running) {
            VERIFY_CODE(copy({"in", "file", "/dev/shm"}), 0);
            VERIFY_CODE(copy({"out", "/dev/shm/file", "memory"}), 0);
            QCOMPARE(read_file(host() / "memory").value(), std::string("x"));
            ::kill(pid_, SIGKILL);
            QVERIFY(container->wait());
        }
        pid_ = 0;
        QVERIFY(run_command({"chown", "-Rh", "0:0", bundle_.path().string()}));
    }
    void wrong_arguments_are_told() {
        bundle_.write(sleeping());
        VERIFY_CODE(copy({"sideways", "a", "b"}), 125);
        VERIFY_CODE(copy({"in", "a"}), 125);
        for (const char* process : {"0:0", "1", "1:", "1:x", "4194304:1"})
            VERIFY_CODE(runtime({"copy", "--pid", process, id, "in", "a", "b"}), 125);
        // This process has another time of birth: it stands for one that got the number of a container's.
        const auto born = identify_process(::getpid());
        VERIFY_OK(born);
        const std::string recycled = std::to_string(born->pid) + ":" + std::to_string(born->start_time - 1);
        const auto refused = runtime({"copy", "--pid", recycled, id, "out", "/etc/hostname", "b"});
        VERIFY_CODE(refused, 125);
        QVERIFY2(contains(refused.err, "it has ended meanwhile"), refused.err.c_str());
        VERIFY_CODE(runtime({"run", "--pid", "1", id}), 125);
    }
};

ISOLAB_TEST(CopyTest)
#include "copy_test.moc"
