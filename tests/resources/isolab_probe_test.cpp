// SPDX-License-Identifier: GPL-3.0-or-later
//
// isolab-probe: it tells the truth about this world, sees what a filter or a namespace takes away, and changes nothing,
// also as root on a host.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "engine/base/json.h"
#include "engine/base/subprocess.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace isolab::test;

namespace {

const std::string probe = program_file("isolab-probe");

Json document_of(const std::vector<std::string>& command) {
    const auto output = run_checked(command);
    const auto document = output ? parse_json(*output, "isolab-probe") : Result<Json>(Json::object());
    return document.value_or(Json::object());
}

std::set<std::string> names(const Json& list) { return list.get<std::set<std::string>>(); }

/// What a shell command prints.
std::string shell(const std::string& command) {
    return run_command({"sh", "-c", command}).value_or(CommandOutput{-1, {}, {}}).out;
}

/// All that the probe could have changed of this process and of the host, by name. Left out is what changes by itself:
/// counters below /proc/sys, and networks, which other tests make and remove at the same time.
std::map<std::string, std::string> state() {
    std::map<std::string, std::string> all;
    utsname name{};
    ::uname(&name);
    all["hostname"] = name.nodename;
    all["domain"] = name.domainname;
    for (int limit = 0; limit < RLIM_NLIMITS; ++limit) {
        rlimit value{};
        ::getrlimit(static_cast<decltype(RLIMIT_CPU)>(limit), &value);
        all["limit " + std::to_string(limit)] = std::to_string(value.rlim_cur) + "/" + std::to_string(value.rlim_max);
    }
    const mode_t mask = ::umask(077);
    ::umask(mask);
    all["umask"] = std::to_string(mask);
    all["ids"] = std::to_string(::geteuid()) + "/" + std::to_string(::getegid()) + "/" + std::to_string(::getsid(0));
    all["priority"] = std::to_string(::getpriority(PRIO_PROCESS, 0));
    timex clock{};
    ::adjtimex(&clock);
    all["tick of the clock"] = std::to_string(clock.tick);
    all["tai offset of the clock"] = std::to_string(clock.tai);
    all["swap"] = shell("cut -d ' ' -f 1 /proc/swaps");
    all["ipc"] = shell("cat /proc/sysvipc/msg /proc/sysvipc/sem; cut -c 1-30 /proc/sysvipc/shm");
    all["sysctl"] = shell("grep -rs '' /proc/sys/kernel /proc/sys/vm /proc/sys/fs /proc/sys/user /proc/sys/dev "
                          "| grep -vE '/(random|ns_last_pid|pty/nr|dentry-state|file-nr|inode-nr|inode-state|aio-nr|"
                          "sched_domain|epoll|quota|dquot|stat_refresh|perf_event_max_sample_rate)'");
    return all;
}

/// Seconds between the clock on the wall and the one that nobody can set.
double clock_offset() {
    timespec wall{};
    timespec since{};
    ::clock_gettime(CLOCK_REALTIME, &wall);
    ::clock_gettime(CLOCK_MONOTONIC_RAW, &since);
    return static_cast<double>(wall.tv_sec - since.tv_sec) + static_cast<double>(wall.tv_nsec - since.tv_nsec) * 1e-9;
}

} // namespace

class IsolabProbeTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase();
    void it_tells_the_truth();
    void programs_of_other_processors_are_refused();
    void all_system_calls_are_classed_once();
    void root_is_refused_nothing_here();
    void a_user_is_refused_what_needs_root();
    void no_process_is_left();
    void nothing_is_changed();
    void no_mount_is_changed();
    void limits_are_reached_data();
    void limits_are_reached();
    void a_limit_stops_memory();
    void a_limit_stops_disk();
    void a_limit_stops_processes();
    void bad_arguments_are_explained();

  private:
    Json document_;
    std::map<std::string, std::string> before_;
    std::map<std::string, std::string> after_;
    double offset_ = 0;
    double offset_after_ = 0;
};

void IsolabProbeTest::initTestCase() {
    before_ = state(); // before the first run: what a later one would change again to the same would not be seen
    offset_ = clock_offset();
    document_ = document_of({probe});
    after_ = state();
    offset_after_ = clock_offset();
}

void IsolabProbeTest::it_tells_the_truth() {
    QCOMPARE(document_["schema"].get<std::string>(), std::string("isolab.probe/1"));
    QVERIFY(document_.dump().size() < 60000);
    utsname name{};
    ::uname(&name);
    QCOMPARE(document_["uname"]["release"].get<std::string>(), std::string(name.release));
    QCOMPARE(document_["hostname"].get<std::string>(), std::string(name.nodename));
    QCOMPARE(document_["uid"].get<unsigned>(), ::geteuid());
    struct stat own {};
    QCOMPARE(::stat("/proc/self/ns/mnt", &own), 0);
    QCOMPARE(document_["namespaces"]["mnt"].get<ino_t>(), own.st_ino);
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    QCOMPARE(document_["rlimits"]["nofile"][0].get<rlim_t>(), files.rlim_cur);
    QVERIFY(names(document_["interfaces"]).contains("lo"));
    QVERIFY(names(document_["devices"]).contains("null"));
    QVERIFY(document_["processes"]["count"].get<int>() > 1);
    QVERIFY(document_["processes"]["names"].size() <= 20);
    QVERIFY(document_["machine"]["cpus_allowed"].get<int>() >= 1);
    QVERIFY(document_["mounts"].get<int>() >= 1);
    QCOMPARE(document_["machine"]["boot_id"].get<std::string>() + "\n", shell("cat /proc/sys/kernel/random/boot_id"));
}

void IsolabProbeTest::programs_of_other_processors_are_refused() {
    const Json programs = document_of({probe})["programs"];
    QCOMPARE(programs["x86_64"]["works"], Json(true));
    if (std::filesystem::exists("/proc/sys/fs/binfmt_misc/qemu-aarch64"))
        QSKIP("this host runs programs for aarch64 with an emulator");
    QCOMPARE(programs["aarch64"], Json({{"works", false}, {"error", "Exec format error"}}));
    QVERIFY(programs["i386"].contains("works")); // as the kernel was configured
}

void IsolabProbeTest::all_system_calls_are_classed_once() {
    if (document_["syscalls"].is_null())
        QSKIP("the table of system calls is that of x86_64");
    std::size_t count = 0;
    std::set<std::string> all;
    for (const auto& item : document_["syscalls"].items()) {
        count += item.value().size();
        all.merge(names(item.value()));
    }
    QCOMPARE(count, all.size());
    QCOMPARE(count, 379U);
    QVERIFY(document_["syscalls"]["hangs"].empty());
    const auto works = names(document_["syscalls"]["works"]);
    for (const char* call : {"read", "mmap", "kill", "futex", "modify_ldt", "prctl", "socket", "personality"})
        QVERIFY2(works.contains(call), call);
    QVERIFY(names(document_["syscalls"]["absent"]).contains("create_module")); // in no kernel since 2.6
    for (const char* call : {"sync", "vhangup", "exit_group", "pause", "fork"})
        QVERIFY2(names(document_["syscalls"]["skipped"]).contains(call), call);
}

void IsolabProbeTest::root_is_refused_nothing_here() {
    if (::geteuid() != 0 || document_["seccomp"] != 0 || document_["capabilities"]["effective"].size() < 40)
        QSKIP("needs the capabilities of root and no filter"); // all may be without one, such as sys_resource
    QCOMPARE(document_["syscalls"]["refused"].dump(), std::string("[]"));
    QVERIFY(document_["can"]["mount_tmpfs"]["works"].get<bool>());
    QVERIFY(document_["can"]["raw_socket"]["works"].get<bool>());
}

void IsolabProbeTest::a_user_is_refused_what_needs_root() {
    if (::geteuid() != 0)
        QSKIP("needs root, to become somebody else");
    // read from where everybody may, which a build folder need not be
    const QTemporaryDir scratch;
    const std::filesystem::path copy = std::filesystem::path(scratch.path().toStdString()) / "isolab-probe";
    std::filesystem::copy_file(probe, copy);
    std::filesystem::permissions(scratch.path().toStdString(), std::filesystem::perms(0755));
    const Json mine = document_of(
        {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs", "--bounding-set=-all", copy});
    QCOMPARE(mine["uid"].get<unsigned>(), 65534U);
    QCOMPARE(mine["no_new_privs"].get<int>(), 1);
    QVERIFY(mine["capabilities"]["effective"].empty() && mine["capabilities"]["bounding"].empty());
    for (const char* door : {"mount_tmpfs", "set_clock", "raw_socket"})
        QVERIFY2(!mine["can"][door]["works"].get<bool>(), door);
    const auto refused = names(mine["syscalls"]["refused"]);
    for (const char* call : {"reboot", "sethostname", "swapon", "swapoff", "acct", "syslog"})
        QVERIFY2(refused.contains(call), call);
    QVERIFY(names(mine["syscalls"]["works"]).contains("read"));
}

void IsolabProbeTest::no_process_is_left() {
    // in a namespace of processes whose first ends last: what the probe left would be counted
    if (::geteuid() != 0)
        QSKIP("needs root, for a namespace of processes");
    const auto output = run_checked({"unshare", "--pid", "--fork", "--mount-proc", "sh", "-c",
                                     probe + " >/dev/null; set -- /proc/[0-9]*; echo $#"});
    VERIFY_OK(output);
    QCOMPARE(std::stoi(*output), 1); // the shell, which looks by itself
}

void IsolabProbeTest::nothing_is_changed() {
    QVERIFY(before_.at("sysctl").size() > 1000);
    for (const auto& [what, value] : before_) {
        if (value == after_.at(what))
            continue;
        QFAIL(("changed: " + what + "\n" + value + "\n---\n" + after_.at(what)).c_str());
    }
    QVERIFY(std::abs(offset_after_ - offset_) < 0.5); // a slewed clock moves by half a thousandth of the time
}

void IsolabProbeTest::no_mount_is_changed() {
    if (::geteuid() != 0)
        QSKIP("needs root, for a mount namespace in which no other test mounts");
    // The kernel takes a copied mount away too when its folder is removed elsewhere, as other tests do with theirs.
    const std::string without_others =
        "while read -r id parent device root place rest; do case $place in /tmp/*|/run/*|/var/*) "
        "umount -l \"$(printf %b \"$place\")\" 2>/dev/null;; esac; done </proc/self/mountinfo; ";
    const auto output = run_checked(
        {"unshare", "--mount", "--propagation", "private", "sh", "-c",
         without_others + "cat /proc/self/mountinfo; echo ---; " + probe + " >/dev/null && cat /proc/self/mountinfo"});
    VERIFY_OK(output);
    const std::size_t middle = output->find("---\n");
    QVERIFY(middle != std::string::npos && middle > 0);
    QCOMPARE(output->substr(middle + 4), output->substr(0, middle));
}

void IsolabProbeTest::limits_are_reached_data() {
    QTest::addColumn<QString>("verb");
    QTest::addColumn<quint64>("number");
    QTest::newRow("memory") << "memory" << quint64(10'000'001);
    QTest::newRow("processes") << "processes" << quint64(20);
    QTest::newRow("disk") << "disk" << quint64(2'000'001);
}

void IsolabProbeTest::limits_are_reached() {
    QFETCH(QString, verb);
    QFETCH(quint64, number);
    const Json document = document_of({probe, "limits", verb.toStdString(), std::to_string(number)});
    QCOMPARE(document["schema"].get<std::string>(), std::string("isolab.limits/1"));
    QCOMPARE(document["limit"].get<std::string>(), verb.toStdString());
    QCOMPARE(document["reached"].get<quint64>(), number);
    QCOMPARE(document["ended"].get<std::string>(), std::string("complete"));
}

void IsolabProbeTest::a_limit_stops_memory() {
    const Json document = document_of({"prlimit", "--as=100000000", probe, "limits", "memory", "200000000"});
    QCOMPARE(document["ended"].get<std::string>(), std::string("error"));
    QCOMPARE(document["reached"].get<quint64>(), 0U);
    QVERIFY(!document["error"].get<std::string>().empty());
}

void IsolabProbeTest::a_limit_stops_disk() {
    const QTemporaryDir scratch;
    const auto output =
        run_checked({"sh", "-c",
                     "cd '" + scratch.path().toStdString() + "' && trap '' XFSZ && prlimit --fsize=3000000 " + probe +
                         " limits disk 9000000"});
    VERIFY_OK(output);
    const Json document = *parse_json(*output, "isolab-probe");
    QCOMPARE(document["reached"].get<quint64>(), 3'000'000U);
    QCOMPARE(document["ended"].get<std::string>(), std::string("error"));
    QVERIFY(QDir(scratch.path()).isEmpty());
}

void IsolabProbeTest::a_limit_stops_processes() {
    if (::geteuid() != 0)
        QSKIP("needs root, to become a user without processes");
    const QTemporaryDir scratch;
    const std::filesystem::path copy = std::filesystem::path(scratch.path().toStdString()) / "isolab-probe";
    std::filesystem::copy_file(probe, copy);
    std::filesystem::permissions(scratch.path().toStdString(), std::filesystem::perms(0755));
    const Json document = document_of({"prlimit", "--nproc=8", "setpriv", "--reuid=61321", "--regid=61321",
                                       "--clear-groups", "--bounding-set=-all", copy, "limits", "processes", "50"});
    QCOMPARE(document["ended"].get<std::string>(), std::string("error"));
    QCOMPARE(document["reached"].get<int>(), 7); // and itself
}

void IsolabProbeTest::bad_arguments_are_explained() {
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{probe, "limits"},
                                                      {probe, "limits", "memory", "0"},
                                                      {probe, "limits", "disk", "1x"},
                                                      {probe, "limits", "dance", "1"},
                                                      {probe, "dance"}}) {
        const auto output = run_command(arguments);
        QCOMPARE(output->code, 2);
        QCOMPARE(output->out, std::string());
        QVERIFY(!output->err.empty());
    }
}

ISOLAB_TEST(IsolabProbeTest)
#include "isolab_probe_test.moc"
