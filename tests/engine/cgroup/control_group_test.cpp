// SPDX-License-Identifier: GPL-3.0-or-later
//
// Against the kernel: with the control groups of this machine, whatever their version.
#include "engine/cgroup/control_group.h"
#include "tests/support/test_main.h"

#include <chrono>
#include <csignal>
#include <fstream>

#include <fcntl.h>
#include <linux/sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "engine/cgroup/group_entrance.h"
#include "engine/cgroup/systemd_scope.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace isolab;

namespace {

Result<ChildProcess> sleeper() { return spawn({{"sleep", "100"}, std::nullopt, {}, false}); }

/// A shell that waits with its script until it is told to go on: by then it has been put into its group.
class WaitingShell {
  public:
    explicit WaitingShell(const std::string& script) {
        int ends[2] = {-1, -1};
        if (::pipe2(ends, O_CLOEXEC) != 0)
            return;
        const UniqueFd theirs(ends[0]);
        gate_.reset(ends[1]);
        auto child = spawn({{"sh", "-c", "read x; " + script}, std::nullopt, {{0, theirs.get()}}, false});
        if (child)
            child_ = std::move(*child);
    }
    pid_t pid() const { return child_ ? child_->pid() : -1; }
    bool go_on() {
        const bool sent = ::write(gate_.get(), "\n", 1) == 1;
        gate_.reset();
        return sent;
    }
    ChildExit wait() { return child_->wait({}, test::patience).value_or(ChildExit{}); }

  private:
    UniqueFd gate_;
    std::optional<ChildProcess> child_;
};

std::string first_line(const std::string& path) {
    const std::string text = read_file(path).value_or("(missing)");
    return text.substr(0, text.find('\n'));
}

/// The state letter of proc_pid_stat(5).
char state_of(pid_t pid) {
    const std::string text = read_file("/proc/" + std::to_string(pid) + "/stat").value_or(") ?");
    return text[text.rfind(')') + 2];
}

Nanoseconds time_of(pid_t pid) { return process_cpu_time(pid).value_or(Nanoseconds{0}); }

} // namespace

#define VERIFY_DONE(expression)                                                                                        \
    do {                                                                                                               \
        const auto done = (expression);                                                                                \
        VERIFY_OK(done);                                                                                               \
    } while (false)

class ControlGroupTest : public QObject {
    Q_OBJECT
    CgroupLayout layout_;
    std::optional<ControlGroup> group_;

    std::string file(CgroupController controller, const char* v1, const char* v2) const {
        return group_->directory(controller) + "/" + (layout_.version == CgroupVersion::v1 ? v1 : v2);
    }
    bool is_v1() const { return layout_.version == CgroupVersion::v1; }
    /// Whether the process is in the group in every hierarchy that has one.
    void verify_membership(pid_t pid) const {
        std::ifstream lines("/proc/" + std::to_string(pid) + "/cgroup");
        int hierarchies = 0;
        for (std::string line; std::getline(lines, line);) {
            if (is_v1() && line.starts_with("0::"))
                continue;
            ++hierarchies;
            QVERIFY2(line.ends_with(":" + group_->path()), line.c_str());
        }
        QVERIFY(hierarchies > (is_v1() ? 4 : 0));
        const std::string cpus = is_v1() ? group_->directory(CgroupController::cpuset) : "";
        QVERIFY(cpus.empty() || !first_line(cpus + "/cpuset.cpus").empty());
    }
    bool has(CgroupController controller) const {
        if (is_v1())
            return layout_.v1.contains(controller);
        const std::string name =
            controller == CgroupController::blkio ? "io" : std::string(cgroup_controller_id(controller));
        return (" " + first_line(layout_.unified + "/cgroup.controllers") + " ").find(" " + name + " ") !=
               std::string::npos;
    }

  private slots:
    void initTestCase() {
        layout_ = find_cgroup_layout();
        if (!layout_.limits_enforced)
            QSKIP(layout_.limits_reason.c_str());
        qInfo("control groups: %s", layout_.mode.c_str());
    }
    void init() {
        static int number = 0;
        auto group =
            ControlGroup::at(layout_, "/isolab/test-" + std::to_string(::getpid()) + "-" + std::to_string(++number));
        QVERIFY(group);
        group_ = std::move(*group);
    }
    void cleanup() {
        if (!group_)
            return;
        group_->kill_all();
        VERIFY_SOON(group_->remove().has_value()); // on a busy machine those who are killed take their time to end
        QVERIFY(!group_->exists());
    }

    void group_lives_and_dies() {
        CgroupResources resources;
        resources.memory_limit = 64 << 20;
        VERIFY_DONE(group_->create(resources));
        const auto again = group_->create(resources);
        QVERIFY(!again);
        QCOMPARE(again.error().kind, ErrorKind::already_exists);
        QVERIFY(group_->exists()); // the refusal has not taken it away
        auto child = sleeper();
        VERIFY_DONE(group_->attach(child->pid()));
        QCOMPARE(group_->processes(), std::vector<pid_t>{child->pid()});
        QVERIFY(group_->usage().memory_bytes && group_->usage().cpu);
        group_->kill_all();
        QCOMPARE(child->wait()->signal, SIGKILL);
        VERIFY_DONE(group_->remove());
        QVERIFY(!group_->exists());
    }
    void members_are_in_every_hierarchy() {
        VERIFY_DONE(group_->create({}));
        auto child = sleeper();
        VERIFY_DONE(group_->attach(child->pid()));
        verify_membership(child->pid());
    }
    void processes_enter_v1_groups_by_themselves() {
        VERIFY_DONE(group_->create({}));
        const auto entrance = group_->open_entrance();
        VERIFY_OK(entrance);
        QCOMPARE(entrance->empty(), !is_v1());
        if (!is_v1())
            return; // a process is born in its group
        int ends[2] = {-1, -1};
        QCOMPARE(::pipe2(ends, O_CLOEXEC), 0);
        const UniqueFd reader(ends[0]);
        UniqueFd writer(ends[1]);
        const pid_t pid = ::fork();
        if (pid == 0) { // in a user namespace that has no right to do it
            const bool entered = ::unshare(CLONE_NEWUSER) == 0 && enter_through(*entrance);
            (void)!::write(writer.get(), entered ? "y" : "n", 1);
            for (;;)
                ::pause();
        }
        writer.reset();
        char answer = 0;
        QCOMPARE(::read(reader.get(), &answer, 1), ssize_t{1});
        QCOMPARE(answer, 'y');
        verify_membership(pid);
        group_->kill_all();
        QCOMPARE(::waitpid(pid, nullptr, 0), pid);
    }
    void refused_limit_leaves_no_group() {
        CgroupResources resources;
        resources.cpu_quota = 1; // below the kernel's minimum of one millisecond
        const auto refused = group_->create(resources);
        QVERIFY(!refused);
        QVERIFY2(refused.error().message().find(is_v1() ? "cpu.cfs_quota_us" : "cpu.max") != std::string::npos,
                 refused.error().message().c_str());
        QVERIFY(!group_->exists());
    }
    void limits_are_raised_and_lowered() {
        CgroupResources resources;
        resources.memory_limit = resources.memory_swap = 64 << 20;
        resources.cpu_quota = 50'000;
        resources.cpu_period = 100'000;
        resources.cpu_burst = 20'000;
        resources.cpu_shares = 2048;
        resources.pids_limit = 10;
        VERIFY_DONE(group_->create(resources));
        for (const int megabytes : {256, 32, 512, 48}) {
            resources.memory_limit = std::int64_t{megabytes} << 20;
            resources.memory_swap = *resources.memory_limit + (megabytes << 19);
            resources.cpu_quota = megabytes * 1000;
            resources.cpu_burst = static_cast<std::uint64_t>(megabytes) * 500;
            resources.pids_limit = megabytes;
            VERIFY_DONE(group_->update(resources));
            using enum CgroupController;
            QCOMPARE(first_line(file(memory, "memory.limit_in_bytes", "memory.max")),
                     std::to_string(*resources.memory_limit));
            QCOMPARE(first_line(file(cpu, "cpu.cfs_quota_us", "cpu.max")),
                     std::to_string(*resources.cpu_quota) + (is_v1() ? "" : " 100000"));
            QCOMPARE(first_line(file(cpu, "cpu.shares", "cpu.weight")), std::string(is_v1() ? "2048" : "174"));
            QCOMPARE(first_line(file(pids, "pids.max", "pids.max")), std::to_string(megabytes));
        }
        CgroupResources less;
        less.pids_limit = -1;
        VERIFY_DONE(group_->update(less));
        QCOMPARE(first_line(file(CgroupController::pids, "pids.max", "pids.max")), std::string("max"));
    }
    void cpu_sets_are_kept() {
        if (!has(CgroupController::cpuset))
            QSKIP("no cpuset controller is available");
        CgroupResources resources;
        resources.cpus = "0";
        VERIFY_DONE(group_->create(resources));
        auto child = sleeper();
        VERIFY_DONE(group_->attach(child->pid()));
        std::ifstream lines("/proc/" + std::to_string(child->pid()) + "/status");
        std::string allowed;
        for (std::string line; std::getline(lines, line);)
            if (line.starts_with("Cpus_allowed_list:"))
                allowed = line;
        QCOMPARE(allowed, std::string("Cpus_allowed_list:\t0"));
        resources.cpus = "1000";
        const auto refused = group_->update(resources);
        QVERIFY(!refused);
        QVERIFY(refused.error().message().find("cpuset.cpus") != std::string::npos);
    }
    void frozen_groups_stand_still_and_can_be_killed() {
        VERIFY_DONE(group_->create({}));
        auto child = spawn({{"sh", "-c", "while :; do :; done"}, std::nullopt, {}, false});
        VERIFY_DONE(group_->attach(child->pid()));
        QVERIFY(!group_->is_frozen());
        VERIFY_DONE(group_->freeze());
        QVERIFY(group_->is_frozen());
        // Another one that works shows that there was processor time to be had, however busy the machine is.
        auto other = spawn({{"sh", "-c", "while :; do :; done"}, std::nullopt, {}, false});
        VERIFY_OK(other);
        VERIFY_SOON(time_of(other->pid()) > std::chrono::milliseconds(50)); // the frozen one's time is booked by then
        const auto before = time_of(child->pid());
        VERIFY_SOON(time_of(other->pid()) > std::chrono::milliseconds(200));
        other->kill(SIGKILL);
        QVERIFY(time_of(child->pid()) == before);
        QVERIFY(group_->is_frozen());
        VERIFY_DONE(group_->thaw());
        QVERIFY(!group_->is_frozen());
        VERIFY_SOON(time_of(child->pid()) > before);
        VERIFY_SOON(state_of(child->pid()) == 'R'); // it may wait for a page of its program first
        VERIFY_DONE(group_->freeze());
        group_->kill_all();
        QCOMPARE(child->wait({}, test::patience)->signal, SIGKILL);
        QVERIFY(group_->processes().empty());
    }
    void forking_processes_are_all_killed() {
        VERIFY_DONE(group_->create({}));
        WaitingShell child("while :; do (sleep 0.01; sleep 100) & sleep 0.001; done");
        VERIFY_DONE(group_->attach(child.pid()));
        QVERIFY(child.go_on());
        VERIFY_SOON(group_->processes().size() > 3);
        group_->kill_all();
        QCOMPARE(child.wait().signal, SIGKILL);
        VERIFY_SOON(group_->processes().empty());
    }
    void groups_below_are_seen_and_removed() {
        VERIFY_DONE(group_->create({}));
        const std::string top = group_->directory(CgroupController::pids);
        const std::string deep = top + "/made/by/the/container";
        VERIFY_DONE(make_directories(deep));
        VERIFY_DONE(make_directories(top + "/made/too"));
        auto child = sleeper();
        VERIFY_DONE(group_->attach(child->pid()));
        std::ofstream(deep + "/cgroup.procs") << child->pid() << std::flush;
        if (!is_v1()) {
            QVERIFY(group_->processes().empty());
        }
        const auto all = group_->processes(GroupMembers::all);
        QCOMPARE(all, std::vector<pid_t>{child->pid()});
        group_->kill_all();
        QCOMPARE(child->wait({}, test::patience)->signal, SIGKILL);
        VERIFY_DONE(group_->remove());
        QVERIFY(!QFile::exists(QString::fromStdString(top)));
        QVERIFY(QFile::exists(QString::fromStdString(top).section('/', 0, -2))); // never higher
    }
    void removal_waits_for_nobody_who_stays() {
        VERIFY_DONE(group_->create({}));
        auto child = sleeper();
        VERIFY_DONE(group_->attach(child->pid()));
        const auto removed = group_->remove();
        QVERIFY(!removed);
        QVERIFY(group_->exists());
        QCOMPARE(group_->processes(), std::vector<pid_t>{child->pid()});
    }
    void devices_are_restricted() {
        if (is_v1() && !has(CgroupController::devices))
            QSKIP("no devices controller is mounted");
        CgroupResources resources;
        resources.devices = {{false, 'a', {}, {}, device_all_access}};
        VERIFY_DONE(group_->create(resources));
        const auto opens = [this](const char* path) {
            WaitingShell child(std::string("exec 3<>") + path);
            return group_->attach(child.pid()) && child.go_on() ? child.wait().code : -1;
        };
        QCOMPARE(opens("/dev/null"), 0); // every container has it
        QVERIFY(opens("/dev/kmsg") > 0);
        resources.devices.push_back({true, 'c', 1, 11, device_read | device_write});
        VERIFY_DONE(group_->update(resources));
        QCOMPARE(opens("/dev/kmsg"), 0);
        resources.devices.pop_back();
        VERIFY_DONE(group_->update(resources));
        QVERIFY(opens("/dev/kmsg") > 0);
        QCOMPARE(opens("/dev/null"), 0);
        resources.devices = {{true, 'a', {}, {}, device_all_access}};
        VERIFY_DONE(group_->update(resources));
        QCOMPARE(opens("/dev/kmsg"), 0);
    }
    void obsolete_limits_are_only_told() {
        CgroupResources resources;
        resources.memory_kernel = 32 << 20;
        resources.memory_kernel_tcp = 32 << 20;
        std::vector<std::string> warnings;
        VERIFY_DONE(group_->create(resources, &warnings));
        QVERIFY(!warnings.empty());
    }
    void hugepages_are_limited_where_their_controller_is() {
        const std::string controllers =
            first_line((is_v1() ? layout_.beside : layout_.unified) + "/cgroup.controllers");
        if (!layout_.v1.contains(CgroupController::hugetlb) && controllers.find("hugetlb") == std::string::npos)
            QSKIP("no hugetlb controller is available");
        CgroupResources resources;
        resources.hugepage_limits = {{"2MB", 4 << 20}};
        VERIFY_DONE(group_->create({}));
        auto child = sleeper();
        VERIFY_DONE(group_->attach(child->pid()));
        VERIFY_DONE(group_->update(resources));
        const bool beside = is_v1() && !layout_.v1.contains(CgroupController::hugetlb);
        const std::string directory =
            beside ? layout_.beside + group_->path() : group_->directory(CgroupController::hugetlb);
        QCOMPARE(first_line(directory + (is_v1() && !beside ? "/hugetlb.2MB.limit_in_bytes" : "/hugetlb.2MB.max")),
                 std::string("4194304"));
        QCOMPARE(first_line(directory + "/cgroup.procs"), std::to_string(child->pid()));
        resources.hugepage_limits = {{"3MB", 0}};
        const auto refused = group_->update(resources);
        QVERIFY(!refused);
        QVERIFY(refused.error().message().find("hugetlb.3MB") != std::string::npos);
    }
    void statistics_tell_what_was_used() {
        CgroupResources resources;
        resources.memory_limit = resources.memory_swap = 64 << 20;
        resources.cpu_quota = 5'000; // of 100'000: it is used up on a busy machine, too
        resources.pids_limit = 17;
        VERIFY_DONE(group_->create(resources));
        WaitingShell child("y=$(seq 2000); while :; do :; done");
        VERIFY_DONE(group_->attach(child.pid()));
        const auto begun = std::chrono::steady_clock::now();
        QVERIFY(child.go_on());
        CgroupStatistics statistics;
        const auto has_been_slowed_down = [&] {
            statistics = group_->statistics();
            return statistics.cpu.total > std::chrono::milliseconds(20) && statistics.cpu.user > Nanoseconds(0) &&
                   statistics.cpu.throttled_periods > 5 && statistics.cpu.throttled > Nanoseconds(0);
        };
        VERIFY_SOON(has_been_slowed_down());
        COMPARE_SOON(group_->statistics().pids, std::uint64_t{1}); // the sequence is made by a second process
        statistics = group_->statistics();
        const auto passed = std::chrono::steady_clock::now() - begun;
        QVERIFY(statistics.cpu.total < passed / 2); // a twentieth, and what a period may take too much
        QCOMPARE(statistics.memory.memory.limit, std::uint64_t{64} << 20);
        QCOMPARE(statistics.memory.with_swap.limit, std::uint64_t{64} << 20);
        QVERIFY(statistics.memory.memory.usage > 0);
        QVERIFY(statistics.memory.all.size() > 10);
        QCOMPARE(statistics.pids_limit, std::uint64_t{17});
        QVERIFY(!has(CgroupController::cpuset) || !statistics.cpus.empty());
        const GroupOverview overview = group_->overview();
        QVERIFY(overview.cpu >= statistics.cpu.total && group_->cpu_time() >= overview.cpu);
        QVERIFY(overview.cpu < std::chrono::steady_clock::now() - begun); // in the same unit
        QCOMPARE(overview.memory_limit, std::uint64_t{64} << 20);
        QVERIFY(overview.memory_bytes > 0 && overview.memory_bytes > overview.cache_bytes);
        QCOMPARE(overview.processes, std::uint64_t{1});
    }
    void processes_are_born_in_cgroup2_groups() {
        VERIFY_DONE(group_->create({}));
        const auto group = group_->open_for_clone();
        QVERIFY(group);
        QCOMPARE(group->get() >= 0, !is_v1());
        if (is_v1())
            return;
        clone_args arguments{};
        arguments.flags = static_cast<unsigned long long>(CLONE_INTO_CGROUP);
        arguments.exit_signal = SIGCHLD;
        arguments.cgroup = static_cast<decltype(arguments.cgroup)>(group->get());
        const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
        if (pid == 0)
            for (;;)
                ::pause();
        QVERIFY(pid > 0);
        QCOMPARE(group_->processes(), std::vector<pid_t>{pid});
        group_->kill_all();
        int status = 0;
        QCOMPARE(::waitpid(pid, &status, 0), pid);
        QVERIFY(WIFSIGNALED(status));
    }
    void groups_can_be_freed_for_groups_below() {
        if (is_v1())
            return; // a group of v1 may hold both
        VERIFY_DONE(group_->create({}));
        auto child = sleeper();
        VERIFY_DONE(group_->attach(child->pid()));
        VERIFY_DONE(make_room_in_group(group_->directory(CgroupController::cpu)));
        QVERIFY(group_->processes().empty());
        CgroupLayout delegated = layout_;
        delegated.unified = group_->directory(CgroupController::cpu);
        const auto below = ControlGroup::at(delegated, "/isolab/below");
        CgroupResources resources;
        resources.pids_limit = 5;
        VERIFY_DONE(below->create(resources)); // needs controllers from above
        QCOMPARE(first_line(below->directory(CgroupController::pids) + "/pids.max"), std::string("5"));
    }
    void parameters_of_cgroup2_are_written_as_given() {
        CgroupResources resources;
        resources.unified["memory.high"] = "33554432";
        if (is_v1()) {
            const auto refused = group_->create(resources);
            QVERIFY(!refused);
            QCOMPARE(refused.error().kind, ErrorKind::unsupported);
            QVERIFY(!group_->exists());
            return;
        }
        VERIFY_DONE(group_->create(resources));
        QCOMPARE(first_line(group_->directory(CgroupController::memory) + "/memory.high"), std::string("33554432"));
        resources.unified = {{"nothing.max", "1"}};
        const auto refused = group_->update(resources);
        QVERIFY(!refused);
        QVERIFY2(refused.error().message().find("nothing.max") != std::string::npos, refused.error().message().c_str());
    }
    void limits_below_what_is_used_can_be_refused() {
        VERIFY_DONE(group_->create({}));
        WaitingShell child("y=$(seq 2000); while :; do :; done");
        VERIFY_DONE(group_->attach(child.pid()));
        QVERIFY(child.go_on());
        VERIFY_SOON(group_->usage().memory_bytes.value_or(0) > 8192);
        CgroupResources resources;
        resources.memory_limit = 4096;
        resources.check_before_update = true;
        const auto refused = group_->update(resources);
        QVERIFY(is_v1() || !refused); // with v1 the kernel may first write out or free what is used
        QVERIFY(state_of(child.pid()) != 'Z' || is_v1());
    }
    void memory_limits_kill() {
        CgroupResources resources;
        resources.memory_limit = 8 << 20;
        VERIFY_DONE(group_->create(resources));
        WaitingShell child("y=0123456789abcdef; while :; do y=$y$y; done");
        VERIFY_DONE(group_->attach(child.pid()));
        QVERIFY(child.go_on());
        QCOMPARE(child.wait().signal, SIGKILL);
        QVERIFY(group_->usage().oom_kills > 0);
        QVERIFY(group_->statistics().memory.memory.failures > 0);
    }
    void missing_device_for_a_rate_is_an_error() {
        if (!has(CgroupController::blkio))
            QSKIP("no controller of block devices is available");
        CgroupResources resources;
        resources.block_io.emplace();
        resources.block_io->read_bytes = {{4000, 4000, 1 << 20}};
        const auto refused = group_->create(resources);
        QVERIFY(!refused);
        QVERIFY(refused.error().message().find(is_v1() ? "blkio.throttle.read_bps_device" : "io.max") !=
                std::string::npos);
    }
};

ISOLAB_TEST(ControlGroupTest)
#include "control_group_test.moc"
