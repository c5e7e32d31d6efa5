// SPDX-License-Identifier: GPL-3.0-or-later
//
// `isolab container` in a machine of ours: with real cgroup v2, and with a clock that can be set.
#include <array>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/integration/guest_tree.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "tests/virt/vm_fixture.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* preparation =
    "mount -t cgroup2 none /sys/fs/cgroup && mkdir -p /data && cd /data && "
    "i() { isolab --root /data --quiet \"$@\"; }; "
    "field() { i container inspect --format \"{{.$2}}\" \"$1\"; }; "
    "note() { echo \"$1=$2\"; }; "
    "soon() { for t in $(seq 300); do eval \"$1\" && return; sleep 0.2; done; return 1; }; " // waits until it holds
    "now() { cut -d' ' -f1 /proc/uptime | tr -d .; }; "; // hundredths of a second, whatever the clock says

/// Long after it should be over: who waits for what.
constexpr const char* watch =
    "(sleep 300; for p in /proc/[0-9]*; do echo \"$p $(tr '\\0' ' ' < $p/cmdline): $(grep State $p/status)\"; "
    "cat $p/stack; done) & ";

/// Who may do what is not what the test is about.
constexpr const char* bus_configuration =
    "<busconfig><type>session</type><listen>unix:path=PATH</listen><auth>EXTERNAL</auth><policy "
    "context='default'><allow user='*'/><allow own='*'/>"
    "<allow send_destination='*' eavesdrop='true'/><allow eavesdrop='true'/></policy></busconfig>";

/// Begins as a machine of which systemd is the init: with the user's manager for the ordinary user 1000.
constexpr const char* systemd =
    "rmdir /sys/fs/cgroup/isolab; groups=/sys/fs/cgroup; slice=$groups/user.slice; "
    "mkdir -p /run/systemd/system /run/user/1000 /run/dbus /home/student $slice/user.service $slice/session.scope "
    "$groups/system.slice; chown 1000:1000 /run/user/1000 /home/student; "
    "for g in $groups $slice $slice/user.service $groups/system.slice; do "
    "echo '+memory +cpu +pids' > $g/cgroup.subtree_control; done; "
    "serve() { sed \"s:PATH:$1:\" /etc/bus.conf > /run/bus.conf; dbus-daemon --config-file=/run/bus.conf --fork; "
    "chmod 777 $1; "
    "fake_systemd unix:path=$1 $2 $3 & sleep 1; }; "
    "serve /run/dbus/system_bus_socket $groups/system.slice 0; "
    "serve /run/user/1000/bus $slice/user.service 1000; "
    "as_user() { (echo 0 > $slice/session.scope/cgroup.procs; cd /home/student; exec /usr/bin/setpriv --reuid 1000 "
    "--regid 1000 "
    "--clear-groups env HOME=/home/student XDG_RUNTIME_DIR=/run/user/1000 isolab --root /home/student/data --quiet "
    "\"$@\"); }; ";

struct Part {
    const char* name;
    const char* before; ///< for it and all behind it
    const char* script;
};

/// Those first that know nothing of systemd.
constexpr std::array parts{
    Part{"limits", "",

         "i run --name greedy --network none -m 24m --memory-swap 24m isolab/default dd if=/dev/zero of=/dev/null "
         "bs=100M count=1; note killed $(field greedy State.OOMKilled); "
         "i run -d --name one --network none -m 64m --cpus 0.5 --pids-limit 9 isolab/default sleep 1000; "
         "group=/sys/fs/cgroup/isolab/$(field one Id); "
         "note memory $(cat $group/memory.max); note cpu \"$(cat $group/cpu.max)\"; note pids $(cat "
         "$group/pids.max); "
         "i container update -m 80m one; note raised $(cat $group/memory.max); "
         "i container pause one; note frozen $(cat $group/cgroup.freeze); note state $(field one State.Status); "
         "i container unpause one; note thawed $(cat $group/cgroup.freeze); "
         "note usage $(i container stats --no-stream --format '{{.PIDs}}' one); "
         "i container exec one sh -c 'cat /sys/fs/cgroup/memory.max' > /data/inside; note inside $(cat "
         "/data/inside); "
         "i container rm -f one; ls -d $group 2>/dev/null || note group gone"},
    Part{"inotify", "",
         "instances=$(cat /proc/sys/fs/inotify/max_user_instances); echo 0 > /proc/sys/fs/inotify/max_user_instances; "
         "i run -d --name one --network none --restart always isolab/default sh -c 'echo tick; sleep 1000'; "
         "soon '[ -n \"$(i container logs one)\" ]'; note state $(field one State.Status); "
         "note log $(i container logs one); "
         "i container exec one true && note exec works; i container kill one; sleep 2; "
         "note again $(field one RestartCount); i container rm -f one; note left $(i container ls -aq | wc -l); echo "
         "$instances > /proc/sys/fs/inotify/max_user_instances"},
    Part{"clock", "",
         "today=$(date +%s); "
         "i run -d --name one --network none --restart always --health-cmd true --health-interval 300ms "
         "isolab/default sh -c 'while :; do echo tick; sleep 0.2; done'; "
         "i run -d --name failing --network none --restart always isolab/default false; "
         "jump() { date -s @$(($(date +%s) + $1)) > /dev/null; before=$(i container logs one | wc -l); "
         "soon '[ $(i container logs one | wc -l) -gt $before ]' && note \"$2\" ticks; "
         "note \"$2-state\" \"$(field one State.Status) $(field one State.Health.Status)\"; }; "
         "jump 40000000 on; first=$(field failing RestartCount); jump -90000000 back; "
         "soon '[ $(field failing RestartCount) -gt $first ]' && note restarts go-on; "
         "note listed \"$(i container ls --filter name=one --format '{{.Status}}')\"; "
         "date -s @0 > /dev/null; begin=$(now); i container stop -t 1 one; took=$(($(now) - begin)); "
         "[ $took -ge 100 ] && [ $took -lt 6000 ] && note stop in-time; "
         "note ended $(field one State.Status); "
         "i run --rm --network none isolab/default echo alive > /data/out; note next $(cat /data/out); "
         "i container rm -af; note left $(i container ls -aq | wc -l); date -s @$today > /dev/null"},
    Part{"root", systemd,
         "i run -d --name one --network none -m 64m isolab/default sleep 1000; "
         "group=$(ls -d $groups/system.slice/*.scope/isolab/*/); note memory $(cat "
         "$group/memory.max); "
         "i run -d --name two --network none isolab/default sleep 1000; "
         "note containers $(ls -d $groups/system.slice/*.scope/isolab/*/ | wc -l); "
         "i container rm -af; ls -d $group 2>/dev/null || note group gone; "
         "ls -d $groups/isolab 2>/dev/null || note outside nothing"},
    Part{"user", "",

         "as_user run -d --name one --network none -m 64m isolab/default sleep 1000; "
         "scope=$(ls -d $slice/user.service/*.scope); group=$scope/isolab/$(as_user container inspect --format "
         "'{{.Id}}' one); note memory $(cat $group/memory.max); "
         "as_user run -d --name two --strict --network none -m 32m --cpus 0.5 isolab/default sleep 1000; "
         "note scopes $(ls -d $slice/user.service/*.scope | wc -l); "
         "note containers $(ls -d $scope/isolab/*/ | wc -l); "
         "note running $(as_user container ls -q | wc -l); "
         "as_user container pause one; note frozen $(cat $group/cgroup.freeze); as_user container unpause one; "
         "as_user container update -m 80m one; note raised $(cat $group/memory.max); "
         "note pids $(as_user container stats --no-stream --format '{{.PIDs}}' one); "
         "as_user container exec one sh -c 'cat /proc/self/cgroup' > /tmp/inside; note inside $(cat /tmp/inside); "
         "as_user run --name greedy --network none -m 24m isolab/default dd if=/dev/zero of=/dev/null bs=100M "
         "count=1; note killed $(as_user container inspect --format '{{.State.OOMKilled}}' greedy); "
         "as_user container rm -af; soon 'grep -q \"populated 0\" $scope/cgroup.events'; note left $(grep -c "
         "'populated 1' $scope/cgroup.events); "
         "as_user run --rm --network none -m 32m isolab/default echo again > /tmp/again; "
         "note again $(cat /tmp/again)"},
};

} // namespace

class ContainerGuestTest : public QObject {
    Q_OBJECT
    TestRoot root_;
    std::unique_ptr<Hypervisor> hypervisor_;
    GuestDisk disk_;
    std::string report_; ///< all that was printed in the machine

    /// One machine for all: a boot, and the import of the image after it, are a good part of what they take.
    std::string run(const std::string& script) {
        MachineRequest request;
        request.disk = disk_;
        request.process = busybox({"sh", "-c", std::string(load_modules) + preparation + script});
        request.process.env = {"PATH=/bin:/usr/bin:" + programs_folder().string() + ":" +
                                   fs::path(helper_file("")).string(),
                               "LC_ALL=C.UTF-8", "HOME=/"};
        request.limits = {2, 768U << 20U};
        RecordingObserver observer;
        const auto machine = hypervisor_->start(request, observer, {});
        if (!machine)
            return machine.error().message();
        const auto exit = (*machine)->wait({}, std::chrono::minutes(8));
        return observer.output(OutputStream::out) + observer.output(OutputStream::err) +
               (exit ? "" : exit.error().message() + "\n" + observer.output(OutputStream::console));
    }
    /// What the guest's shell noted in a part of its script, by name.
    std::map<std::string, std::string> notes_of(const std::string& part) const {
        std::map<std::string, std::string> notes;
        std::istringstream lines(report_);
        std::string current;
        for (std::string line; std::getline(lines, line);)
            if (line.starts_with("=== "))
                current = line.substr(4);
            else if (const auto equals = line.find('='); equals != std::string::npos && current == part)
                notes[line.substr(0, equals)] = line.substr(equals + 1);
        return notes;
    }
    /// Each in a shell of its own, and without the containers of those before.
    static std::string script() {
        std::string text = watch;
        for (const Part& part : parts)
            text += part.before + std::string("echo '=== ") + part.name + "'; (" + part.script + "); " +
                    "i container rm -af >/dev/null; ";
        return text;
    }

  private slots:
    void initTestCase() {
        auto opened = Hypervisor::open(root_.options(MachineKind::lean), {});
        VERIFY_OK(opened);
        hypervisor_ = std::move(*opened);
        const fs::path tree = root_.path() / "tree";
        make_busybox_tree(tree);
        add_host_files(tree);
        for (const char* name : {"date", "cut", "tr", "insmod", "head", "tail", "grep", "wc", "sed", "chown", "chmod"})
            fs::create_symlink("busybox", tree / "bin" / name);
        for (const std::string& program :
             {program_file("isolab"), program_file("isolab-runtime"), program_file("isolab-container-helper"),
              helper_file("fake_systemd"), std::string("/usr/bin/dbus-daemon"), std::string("/usr/bin/setpriv")})
            VERIFY_OK(copy_program(tree, program));
        std::ofstream(tree / "etc/bus.conf") << bus_configuration;
        std::ofstream(tree / "etc/passwd", std::ios::app) << "student:x:1000:1000::/home/student:/bin/sh\n";
        const fs::path resources = share_folder();
        fs::create_directories((tree / resources.relative_path()).parent_path());
        fs::copy(resources, tree / resources.relative_path(), fs::copy_options::recursive);
        const auto modules = copy_modules(tree);
        VERIFY_OK(modules);
        NoProgress progress;
        auto disk = hypervisor_->make_disk(tree, "sha256:container-tests", progress, {});
        VERIFY_OK(disk);
        disk_ = *disk;
        report_ = run(script());
    }

    void limits_hold_with_cgroup2() {
        const auto notes = notes_of("limits");
        const std::map<std::string, std::string> wanted{
            {"killed", "true"},     {"memory", "67108864"}, {"cpu", "50000 100000"}, {"pids", "9"},
            {"raised", "83886080"}, {"frozen", "1"},        {"state", "paused"},     {"thawed", "0"},
            {"usage", "1"},         {"inside", "83886080"}, {"group", "gone"}};
        for (const auto& [name, value] : wanted)
            QVERIFY2(notes.contains(name) && notes.at(name) == value, (name + " in:\n" + report_).c_str());
    }
    void containers_of_an_ordinary_user_are_in_a_scope_of_systemd() {
        const auto notes = notes_of("user");
        const std::map<std::string, std::string> wanted{
            {"memory", "67108864"}, {"scopes", "1"},        {"containers", "2"}, {"running", "2"},
            {"frozen", "1"},        {"raised", "83886080"}, {"pids", "1"},       {"inside", "0::/"},
            {"killed", "true"},     {"left", "0"},          {"again", "again"}};
        for (const auto& [name, value] : wanted)
            QVERIFY2(notes.contains(name) && notes.at(name) == value, (name + " in:\n" + report_).c_str());
    }
    void containers_of_root_are_in_a_scope_of_systemd() {
        const auto notes = notes_of("root");
        const std::map<std::string, std::string> wanted{
            {"memory", "67108864"}, {"containers", "2"}, {"group", "gone"}, {"outside", "nothing"}};
        for (const auto& [name, value] : wanted)
            QVERIFY2(notes.contains(name) && notes.at(name) == value, (name + " in:\n" + report_).c_str());
    }
    void nothing_needs_inotify() {
        const auto notes = notes_of("inotify");
        const std::map<std::string, std::string> wanted{
            {"state", "running"}, {"log", "tick"}, {"exec", "works"}, {"again", "0"}, {"left", "0"}};
        for (const auto& [name, value] : wanted)
            QVERIFY2(notes.contains(name) && notes.at(name) == value, (name + " in:\n" + report_).c_str());
    }
    void a_clock_that_jumps_changes_nothing() {
        const auto notes = notes_of("clock");
        const std::map<std::string, std::string> wanted{{"on", "ticks"},       {"on-state", "running healthy"},
                                                        {"back", "ticks"},     {"back-state", "running healthy"},
                                                        {"restarts", "go-on"}, {"stop", "in-time"},
                                                        {"ended", "exited"},   {"next", "alive"},
                                                        {"left", "0"}};
        for (const auto& [name, value] : wanted)
            QVERIFY2(notes.contains(name) && notes.at(name) == value, (name + " in:\n" + report_).c_str());
        QVERIFY2(notes.contains("listed") && notes.at("listed").starts_with("Up ") &&
                     notes.at("listed").find('-') == std::string::npos,
                 report_.c_str());
    }
};

ISOLAB_TEST(ContainerGuestTest)
#include "container_guest_test.moc"
