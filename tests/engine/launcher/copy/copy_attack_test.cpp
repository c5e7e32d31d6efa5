// SPDX-License-Identifier: GPL-3.0-or-later
//
// Copies of containers that want to reach the host by them.
#include <sys/sysmacros.h>

#include "tests/engine/launcher/copy/copy_verb.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

class CopyAttackTest : public QObject, CopyVerb {
    Q_OBJECT
  public:
    CopyAttackTest() : CopyVerb("copy-attack") {}

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("owners and namespaces need root");
        prepare_case();
    }
    void init() { prepare(); }
    void cleanup() { clean(); }

    void planted_links_lead_nowhere_else_data() { worlds(); }
    void planted_links_lead_nowhere_else() {
        QFETCH(bool, running);
        const fs::path outside = bundle_.path() / "outside";
        fs::remove_all(outside);
        fs::create_directories(outside);
        write(outside / "secret", "host");
        const fs::path srv = bundle_.rootfs() / "srv";
        fs::create_directory_symlink("/etc", srv / "absolute");
        fs::create_directory_symlink("../../../../../../../../etc", srv / "relative");
        fs::create_directory_symlink(outside, srv / "named");
        fs::create_symlink(outside / "secret", srv / "file");
        fs::create_directory_symlink("/proc/self/root", srv / "magic");
        begin(running);
        write(host() / "planted", "x");
        for (const char* dest : {"/srv/absolute", "/srv/relative", "/../../etc", "srv/../../etc/"}) {
            VERIFY_CODE(copy({"in", "planted", dest}), 0);
            QVERIFY2(fs::remove(bundle_.rootfs() / "etc/planted"), dest);
        }
        VERIFY_CODE(copy({"in", "planted", "/srv/named/x"}), 125);
        VERIFY_CODE(copy({"in", "planted", "/srv/file"}), 125);
        VERIFY_CODE(copy({"in", "planted", "/srv/magic/srv/x"}), 125);
        VERIFY_CODE(copy({"out", "/srv/file", "got"}, {"-L"}), 125);
        VERIFY_CODE(copy({"out", "/srv/named/secret", "got"}), 125);
        VERIFY_CODE(copy({"out", "/srv", "tree"}), 0);
        QCOMPARE(fs::read_symlink(host() / "tree/named"), outside);
        QVERIFY(!fs::exists("/etc/planted") && !fs::exists(host() / "got"));
        // What was copied out holds links of the container's choice; the next copy does not go through them.
        fs::remove(srv / "named");
        fs::create_directories(srv / "named");
        write(srv / "named/secret", "container");
        const auto second = copy({"out", "/srv/.", "tree"});
        VERIFY_CODE(second, 125);
        fs::remove(srv / "file");
        write(srv / "file", "container");
        VERIFY_CODE(copy({"out", "/srv/file", "tree"}), 0);
        QCOMPARE(read_file(host() / "tree/file").value(), std::string("container"));
        QCOMPARE(read_file(outside / "secret").value(), std::string("host"));
        QCOMPARE(std::distance(fs::directory_iterator(outside), {}), 1);
    }
    void a_container_that_swaps_directories_wins_nothing() {
        const fs::path outside = bundle_.path() / "outside";
        fs::remove_all(outside);
        fs::create_directories(outside / "sub");
        fs::create_directories(bundle_.rootfs() / "srv/d/sub");
        write(bundle_.rootfs() / "srv/d/sub/own", "own");
        write(outside / "sub/own", "host");
        RuntimeSpec spec = bundle_.spec({"sh", "-c",
                                         "cd /srv; while true; do busybox mv d x; busybox ln -s " + outside.string() +
                                             " d; busybox rm d; busybox mv x d; done"});
        start(spec);
        fs::create_directories(host() / "tree/sub");
        write(host() / "tree/sub/f", "x");
        int done = 0;
        for (int i = 0; i < 60 || (done == 0 && i < 400); ++i) {
            done += copy({"in", "tree/.", "/srv/d"}).code == 0 ? 1 : 0;
            copy({"out", "/srv/d/sub/own", "own"});
            copy({"out", "/srv", "all"});
            if (const auto own = read_file(host() / "own"))
                QCOMPARE(*own, std::string("own"));
            QVERIFY(!fs::exists(outside / "sub/f") && !fs::exists(outside / "f"));
        }
        if (done == 0) // chance, and no race was won
            qWarning("the directory was never there when something was copied into it");
        QCOMPARE(read_file(outside / "sub/own").value(), std::string("host"));
    }
    void nothing_that_gives_rights_comes_out() {
        const fs::path srv = bundle_.rootfs() / "srv";
        QVERIFY(::mknod((srv / "disk").c_str(), S_IFBLK | 0666, makedev(7, 200)) == 0);
        QVERIFY(::mkfifo((srv / "pipe").c_str(), 0644) == 0);
        write(srv / "su", "x");
        QVERIFY(::chmod((srv / "su").c_str(), 06755) == 0);
        start(sleeping());
        for (const char* option : {"--debug", "-a"}) {
            const auto output = copy({"out", "/srv", "got"}, {option});
            VERIFY_CODE(output, 0);
            QVERIFY2(contains(output.err, "disk"), output.err.c_str());
            QVERIFY(!fs::exists(host() / "got/disk"));
            QVERIFY(S_ISFIFO(status_of(host() / "got/pipe").st_mode));
            QCOMPARE(mode_of(host() / "got/su"), 0755U);
        }
        const auto refused = copy({"out", "/proc/cpuinfo", "got"});
        VERIFY_CODE(refused, 125);
        QVERIFY2(contains(refused.err, "of the kernel"), refused.err.c_str());
        VERIFY_CODE(copy({"out", "/.", "all"}), 0);
        QVERIFY(fs::exists(host() / "all/bin/busybox") && fs::is_empty(host() / "all/proc"));
    }
    void a_tree_is_not_copied_into_itself() {
        RuntimeSpec spec = sleeping();
        spec.mounts.push_back({"/vol", "bind", host().string(), {"rbind"}, {}, {}});
        write(host() / "file", "x");
        start(spec);
        const auto output = copy({"out", "/vol", "below"});
        VERIFY_CODE(output, 125);
        QVERIFY2(contains(output.err, "into itself"), output.err.c_str());
    }
};

ISOLAB_TEST(CopyAttackTest)
#include "copy_attack_test.moc"
