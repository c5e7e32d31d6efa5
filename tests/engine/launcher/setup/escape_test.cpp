// SPDX-License-Identifier: GPL-3.0-or-later
//
// Attacks by which containers have reached their hosts, tried by a workload and by an image.
#include <fstream>

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "engine/security/sha256.h"
#include "tests/engine/launcher/console_listener.h"
#include "tests/engine/launcher/runtime_verbs.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

class EscapeTest : public QObject, RuntimeVerbs {
    Q_OBJECT
  public:
    EscapeTest() : RuntimeVerbs("escape") {}

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("what root in a container could do to root outside needs root");
        QCOMPARE(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
        fs::copy_file(helper_file("attacker"), bundle_.rootfs() / "bin/attacker");
    }
    void init() { before_ = traces(); }
    void cleanup() {
        runtime({"delete", "--force", id});
        while (::waitpid(-1, nullptr, WNOHANG) > 0) {
        }
        QCOMPARE(traces(), before_);
    }

    void runtime_is_not_overwritten_while_it_adds_processes() {
        const std::string whole = sha256_hex(*read_file(launcher_path()));
        QVERIFY(write_file_atomically(bundle_.rootfs() / "bin/self", "#!/proc/self/exe\n", 0755));
        for (const bool own_processes : {true, false}) {
            fs::remove(bundle_.rootfs() / "outcome");
            fs::remove(bundle_.rootfs() / "enough");
            RuntimeSpec spec = bundle_.spec({"sh", "-c", "attacker executables /enough; echo $? > /outcome"});
            spec.seccomp.reset();
            // Whoever may trace the host's processes needs no runtime to reach the host, so both are not given
            // together.
            spec.namespaces.pid = own_processes;
            if (own_processes)
                for (auto* set : {&spec.process.capabilities->bounding, &spec.process.capabilities->effective,
                                  &spec.process.capabilities->permitted})
                    set->insert(set->end(), {"CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH"});
            start(spec);
            for (int i = 0; i < 30; ++i)
                VERIFY_CODE(runtime({"exec", id, "true"}), 0);
            QVERIFY(runtime({"exec", id, "/bin/self", "--help"}).code != 99);
            QVERIFY(runtime({"exec", id, "/proc/self/exe", "--help"}).code != 99);
            QVERIFY(write_file_atomically(bundle_.rootfs() / "enough", ""));
            VERIFY_SOON(contains(runtime({"state", id}).out, "stopped"));
            QCOMPARE(sha256_hex(*read_file(launcher_path())), whole);
            const std::string outcome = *read_file(bundle_.rootfs() / "outcome");
            QVERIFY2(outcome == "1\n" || outcome == "2\n", outcome.c_str()); // 2: none was seen
            VERIFY_CODE(runtime({"delete", id}), 0);
        }
        VERIFY_CODE(runtime({"--version"}), 0);
    }
    void added_processes_cannot_work_outside() {
        const std::string outside = (bundle_.path() / "config.json").string();
        start(bundle_.spec({"sleep", "100"}));
        for (int fd = 0; fd < 24; ++fd)
            for (const char* process : {"self", "1"})
                VERIFY_CODE(runtime({"exec", "--cwd", "/proc/" + std::string(process) + "/fd/" + std::to_string(fd), id,
                                     "attacker", "descriptors", outside}),
                            125);
        VERIFY_CODE(runtime({"exec", "--cwd", "/proc/self/cwd", id, "attacker", "descriptors", outside}), 125);
        fs::create_directory_symlink("/proc/self/fd/8", bundle_.rootfs() / "trap");
        VERIFY_CODE(runtime({"exec", "--cwd", "/trap", id, "attacker", "descriptors", outside}), 125);
        fs::remove(bundle_.rootfs() / "trap");
        const auto leaked = run_command(
            {"sh", "-c",
             "exec 7</ 8</proc 9</etc; exec " + base_command() + " exec " + id + " attacker descriptors " + outside});
        VERIFY_CODE(*leaked, 1);
    }
    void capabilities_are_not_inherited() {
        start(bundle_.spec({"sleep", "100"}));
        for (const std::vector<std::string>& options :
             {std::vector<std::string>{}, {"--cap", "CAP_SYS_ADMIN"}, {"--user", "7:7"}}) {
            std::vector<std::string> words{"exec"};
            words.insert(words.end(), options.begin(), options.end());
            words.insert(words.end(), {id, "grep", "-E", "Cap(Inh|Amb)", "/proc/self/status"});
            QCOMPARE(QByteArray::fromStdString(runtime(words).out),
                     QByteArray("CapInh:\t0000000000000000\nCapAmb:\t0000000000000000\n"));
        }
    }
    void nothing_is_typed_into_the_callers_terminal() {
        RuntimeSpec spec = bundle_.spec({"attacker", "terminal"});
        spec.seccomp.reset(); // the filter alone would do
        bundle_.write(spec);
        const std::string log = (bundle_.path() / "typescript").string();
        const auto on_terminal = [&](const std::string& command) {
            return run_command({"script", "--quiet", "--return", "--command", command, log}, {}, patience);
        };
        const auto output = on_terminal(base_command() + " run --bundle " + bundle_.path().string() + " " + id);
        if (!output || output->code == 127)
            QSKIP("script(1) is not installed");
        QVERIFY2(output->code == 1, (std::to_string(output->code) + output->out + output->err).c_str());
        spec.process.args = {"sleep", "100"};
        start(spec);
        const auto added = on_terminal(base_command() + " exec " + id + " attacker terminal");
        QVERIFY2(added->code == 1, (std::to_string(added->code) + added->out + added->err).c_str());
    }
    void control_groups_are_not_written_to() {
        const auto output = bundle_.run_shell(
            "cd /sys/fs/cgroup && for f in cgroup.procs tasks release_agent notify_on_release */release_agent "
            "*/cgroup.procs */notify_on_release */memory.limit_in_bytes memory.max; do "
            "(echo 1 > $f) 2>/dev/null && echo written $f; done; mkdir x */x 2>/dev/null && echo made;"
            "mount -t cgroup c /mnt 2>/dev/null && echo mounted; mount -t cgroup2 c /mnt 2>/dev/null && echo mounted; "
            "mount -o remount,rw /sys/fs/cgroup 2>/dev/null && echo remounted; true");
        VERIFY_CODE(output, 0);
        QCOMPARE(QByteArray::fromStdString(output.out), QByteArray());
    }
    void kernel_paths_that_are_links_do_not_lead_out_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<bool>("refused");
        QTest::newRow("proc") << "proc" << true;
        QTest::newRow("sys") << "sys" << true;
        QTest::newRow("dev") << "dev" << false;
    }
    void kernel_paths_that_are_links_do_not_lead_out() {
        QFETCH(QString, path);
        QFETCH(bool, refused);
        const fs::path outside = bundle_.path() / "outside";
        const fs::path link = bundle_.rootfs() / path.toStdString();
        for (const std::string& target :
             {outside.string(), "../../../../../../../.." + outside.string(), std::string("/proc/1/root"),
              std::string("bin"), std::string(".."), std::string("/nowhere"), path.toStdString()}) {
            fs::remove_all(outside);
            fs::create_directories(outside);
            fs::remove_all(link);
            fs::create_directory_symlink(target, link);
            const auto output = bundle_.run(bundle_.spec({"true"}), id);
            const bool emptied = fs::is_empty(outside);
            fs::remove(link);
            QVERIFY2(emptied, target.c_str());
            QVERIFY2(output.code == 125 || !refused, (target + output.err).c_str());
            fs::remove_all(bundle_.rootfs() / outside.relative_path()); // what was made inside
        }
    }

  private:
    void start(const RuntimeSpec& spec) {
        bundle_.write(spec);
        VERIFY_CODE(runtime_detached("create --bundle " + bundle_.path().string() + " " + id), 0);
        VERIFY_CODE(runtime({"start", id}), 0);
    }
};

ISOLAB_TEST(EscapeTest)
#include "escape_test.moc"
