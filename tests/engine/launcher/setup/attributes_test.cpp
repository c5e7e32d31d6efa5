// SPDX-License-Identifier: GPL-3.0-or-later
//
// Fields of a specification that change what a workload sees of itself and of its mounts, asked of the workload.
#include <ctime>

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>

#include "engine/base/file_tree.h"
#include "tests/engine/launcher/bundle.h"
#include "tests/engine/launcher/runtime_verbs.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

#define VERIFY_HAS(output, part)                                                                                       \
    do {                                                                                                               \
        const CommandOutput verified = (output);                                                                       \
        QVERIFY2(contains(verified.out, part), (verified.out + verified.err).c_str());                                 \
    } while (false)

} // namespace

class AttributesTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("devices, mounts and priorities need root");
    }
    void init() { before_ = host_traces({bundle_.path().string(), test_container()}); }
    void cleanup() { QCOMPARE(host_traces({bundle_.path().string(), test_container()}), before_); }

    void clocks_of_a_time_namespace() {
        RuntimeSpec spec = bundle_.spec({"cat", "/proc/uptime"});
        spec.namespaces.time = true;
        spec.clock_offsets = {{"boottime", 1'000'000, 0}, {"monotonic", 5, 0}};
        const auto output = bundle_.run(spec);
        QVERIFY2(std::stod(output.out) > 1'000'000.0, (output.out + output.err).c_str());
    }
    void scheduler_and_priorities() {
        RuntimeSpec spec = bundle_.spec({"sh", "-c", "cut -d' ' -f 19,41 /proc/self/stat; ionice"});
        spec.process.scheduler = SchedulerSettings{"SCHED_BATCH", 7, 0, {}, 0, 0, 0};
        spec.process.io_priority = IoPriority{"IOPRIO_CLASS_IDLE", 0};
        VERIFY_HAS(bundle_.run(spec), "7 3\nidle");
        spec.process.scheduler->policy = "SCHED_NONSENSE";
        QVERIFY(contains(bundle_.run(spec).err, "SCHED_NONSENSE"));
    }
    void affinity_of_the_workload() {
        RuntimeSpec spec = bundle_.spec({"grep", "Cpus_allowed_list", "/proc/self/status"});
        spec.process.affinity.final = "1";
        VERIFY_HAS(bundle_.run(spec), "\t1\n");
        spec.process.affinity.final = "0-";
        QVERIFY(contains(bundle_.run(spec).err, "0-"));
    }
    void personality_and_names() {
        RuntimeSpec spec = bundle_.spec({"sh", "-c", "uname -m; cat /proc/sys/kernel/domainname"});
        spec.personality = 8; // PER_LINUX32
        spec.domainname = "example.org";
        VERIFY_HAS(bundle_.run(spec), "i686\nexample.org");
    }
    void memory_policy() {
        RuntimeSpec spec = bundle_.spec({"cat", "/proc/self/numa_maps"});
        spec.memory_policy = MemoryPolicy{"MPOL_BIND", "0", {"MPOL_F_STATIC_NODES"}};
        const auto output = bundle_.run(spec);
        if (!std::filesystem::exists("/proc/self/numa_maps"))
            QVERIFY2(contains(output.err, "memory policy") || contains(output.err, "numa_maps"), output.err.c_str());
        else
            QVERIFY2(contains(output.out, "bind"), (output.out + output.err).c_str());
        spec.memory_policy->mode = "MPOL_NONSENSE";
        QVERIFY(contains(bundle_.run(spec).err, "MPOL_NONSENSE"));
    }
    void labels_need_their_module() {
        RuntimeSpec spec = bundle_.spec({"true"});
        spec.process.apparmor_profile = "some-profile";
        if (!std::filesystem::exists("/sys/module/apparmor"))
            QVERIFY(contains(bundle_.run(spec).err, "AppArmor is not enabled"));
        spec.process.apparmor_profile.clear();
        spec.process.selinux_label = "some_label";
        if (!std::filesystem::exists("/sys/fs/selinux"))
            QVERIFY(contains(bundle_.run(spec).err, "SELinux is not enabled"));
        spec.process.selinux_label.clear();
        spec.mount_label = "system_u:object_r:container_file_t:s0:c1,c2";
        if (!std::filesystem::exists("/sys/fs/selinux"))
            QVERIFY(contains(bundle_.run(spec).err, "linux.mountLabel"));
    }
    /// In a network of its own: `setup` makes the devices that the container is to get.
    CommandOutput run_with_devices(const std::string& setup, const std::vector<NetDevice>& devices,
                                   const std::string& script, const std::string& then = "true") const {
        RuntimeSpec spec = bundle_.spec({"sh", "-c", script});
        spec.net_devices = devices;
        bundle_.write(spec);
        return *run_command({"unshare", "-n", "sh", "-c", setup + " && \"$@\"; code=$?; " + then + "; exit $code", "sh",
                             launcher_path(), "run", "--bundle", bundle_.path().string(), test_container()});
    }
    static bool has_veth() {
        return run_command({"unshare", "-n", "ip", "link", "add", "name", "isl0", "type", "veth"})->code == 0;
    }
    void network_devices_move_in() {
        if (!has_veth())
            QSKIP("this kernel has no veth devices");
        const std::string make =
            "ip link add name isl0 type veth peer name isl1 && ip addr add 10.9.8.7/24 dev isl0 && "
            "ip -6 addr add fd00::7/64 dev isl0 nodad && ip link set isl0 up && ip link set isl1 up";
        const auto output =
            run_with_devices(make, {{"isl0", "eth0"}}, "ip addr show eth0; ip link",
                             "for i in $(seq 1200); do ip link | grep -q isl || break; sleep 0.05; done; "
                             "echo after; ip -o link"); // the kernel takes its time
        QVERIFY2(output.code == 0, output.err.c_str());
        const auto after = output.out.find("after");
        for (const char* part : {"inet 10.9.8.7/24", "inet6 fd00::7/64 scope global", ",UP"})
            QVERIFY2(output.out.find(part) < after, (part + (" in " + output.out)).c_str());
        QVERIFY2(!contains(output.out, "isl0") && !contains(output.out.substr(after), "isl"), output.out.c_str());
    }
    void network_devices_that_cannot_move_are_named() {
        if (!has_veth())
            QSKIP("this kernel has no veth devices");
        const auto missing = run_with_devices("true", {{"isl0", "eth0"}}, "true");
        QCOMPARE(missing.code, 125);
        QVERIFY2(contains(missing.err, "isl0") && contains(missing.err, "none of that name"), missing.err.c_str());
        const auto taken =
            run_with_devices("ip link add name isl0 type veth peer name isl1", {{"isl0", "lo"}}, "true", "ip -o link");
        QCOMPARE(taken.code, 125);
        QVERIFY2(contains(taken.err, "the container has one named lo already"), taken.err.c_str());
        QVERIFY2(contains(taken.out, "isl0"), taken.out.c_str()); // it is where it was
        const auto own = run_with_devices("true", {{"lo", "eth0"}}, "true");
        QCOMPARE(own.code, 125);
        QVERIFY2(contains(own.err, "keeps it"), own.err.c_str());
    }
    void devices_of_any_kind() {
        RuntimeSpec spec =
            bundle_.spec({"sh", "-c", "ls -l /dev/own /dev/block /dev/fifo /dev/null; echo x > /dev/own"});
        spec.devices = {{"/dev/own", 1, 3, 'c', 0640, 12, 34},
                        {"/dev/block", 7, 200, 'b', 0600, 0, 0},
                        {"/dev/fifo", 0, 0, 'p', 0644, 0, 0},
                        {"/dev/null", 1, 3, 'c', 0666, 0, 0}};
        const auto output = bundle_.run(spec);
        QVERIFY2(output.code == 0, output.err.c_str());
        for (const char* line : {"crw-r-----    1 12       34          1,   3",
                                 "brw-------    1 0        0           7, 200", "prw-r--r--    1 0        0 "})
            QVERIFY2(contains(output.out, line), output.out.c_str());
    }
    void attributes_of_bind_mounts() {
        const auto source = source_folder();
        RuntimeSpec spec = bundle_.spec({"grep", " /m", "/proc/self/mountinfo"});
        spec.mounts.push_back({"/m1", "bind", source, {"rbind", "ro", "noexec", "nosymfollow"}});
        spec.mounts.push_back({"/m2", "bind", source, {"bind", "nosuid", "noatime"}});
        spec.mounts.push_back({"/m3", "tmpfs", "tmpfs", {"size=1m", "ro", "nodiratime"}});
        const auto output = bundle_.run(spec);
        for (const char* part :
             {"/m1 ro,nodev,noexec,relatime,nosymfollow", "/m2 rw,nosuid,nodev,noatime", "/m3 ro,nodev,nodiratime"})
            QVERIFY2(contains(output.out, part), (output.out + output.err).c_str());
    }
    void links_as_sources_of_bind_mounts_are_followed() {
        const auto note = bundle_.path() / "note";
        QVERIFY(write_file_atomically(note, "read me"));
        std::filesystem::create_symlink("note", bundle_.path() / "link");
        RuntimeSpec spec = bundle_.spec({"sh", "-c", "[ ! -L /note ] && cat /note"});
        spec.mounts.push_back({"/note", "bind", (bundle_.path() / "link").string(), {"bind", "ro"}});
        VERIFY_HAS(bundle_.run(spec), "read me");
    }
    void recursive_attributes_reach_what_is_below() {
        const auto source = source_folder();
        const std::string script = "unshare -m --propagation private sh -c 'mount -t tmpfs t " + source + "/sub && " +
                                   launcher_path() + " run --bundle " + bundle_.path().string() + " isolab-test'";
        for (const char* option : {"rro", "ro"}) {
            RuntimeSpec spec = bundle_.spec({"sh", "-c", "touch /m/sub/x && echo written || echo refused"});
            spec.mounts.push_back({"/m", "bind", source, {"rbind", option}});
            bundle_.write(spec);
            VERIFY_HAS(*run_command({"sh", "-c", script}), "refused");
        }
        RuntimeSpec spec = bundle_.spec({"sh", "-c", "touch /m/sub/x && echo written || echo refused"});
        spec.mounts.push_back({"/m", "bind", source, {"rbind"}});
        bundle_.write(spec);
        VERIFY_HAS(*run_command({"sh", "-c", script}), "written");
    }
    void what_is_mounted_can_be_changed() {
        RuntimeSpec spec = bundle_.spec({"sh", "-c", "touch /m/x || echo refused"});
        spec.mounts.push_back({"/m", "tmpfs", "tmpfs", {}});
        spec.mounts.push_back({"/m", "", "", {"remount", "ro"}});
        VERIFY_HAS(bundle_.run(spec), "refused");
    }
    void ids_are_mapped_on_a_mount() {
        const auto source = source_folder();
        RuntimeSpec spec = bundle_.spec({"ls", "-ln", "/m/file"});
        Mount mount{"/m", "bind", source, {"bind"}};
        mount.uid_mappings = {{0, 5000, 1}};
        mount.gid_mappings = {{0, 6000, 1}};
        spec.mounts.push_back(mount);
        const auto output = bundle_.run(spec);
        if (contains(output.err, "cannot map ids"))
            QSKIP("the file system of the test folder cannot map ids");
        QVERIFY2(contains(output.out, "5000     6000"), (output.out + output.err).c_str());
        spec.mounts.back() = {"/m", "tmpfs", "tmpfs", {}};
        spec.mounts.back().uid_mappings = spec.mounts.back().gid_mappings = {{0, 1, 1}};
        QVERIFY(contains(bundle_.run(spec).err, "bind mounts only"));
    }
    void propagation_is_as_asked() {
        const auto source = source_folder();
        const auto fields = [&](const std::vector<std::string>& options, const std::string& root) {
            RuntimeSpec spec = bundle_.spec({"grep", "-E", " /(m)? ", "/proc/self/mountinfo"});
            spec.root_propagation = root;
            spec.mounts.push_back({"/m", "bind", source, options});
            bundle_.write(spec);
            // A shared mount below a namespace of its own: what is sent stays there.
            return run_command({"unshare", "-m", "--propagation", "shared", launcher_path(), "run", "--bundle",
                                bundle_.path().string(), test_container()});
        };
        const auto line = [](const std::string& text, const std::string& place) {
            const auto at = text.find(" " + place + " ");
            return text.substr(at, text.find('\n', at) - at);
        };
        QVERIFY(!contains(line(fields({"rbind"}, "")->out, "/m"), "shared"));
        QVERIFY(!contains(line(fields({"rbind"}, "")->out, "/m"), "master"));
        QVERIFY(contains(line(fields({"rbind", "rslave"}, "")->out, "/m"), "master:"));
        const auto shared = fields({"rbind", "rshared"}, "shared");
        QVERIFY2(contains(line(shared->out, "/m"), "shared:"), (shared->out + shared->err).c_str());
        QVERIFY2(contains(line(shared->out, "/"), "shared:"), shared->out.c_str());
        QVERIFY(std::filesystem::exists("/proc/self/status")); // the host kept its mounts
        QVERIFY(contains(line(fields({"rbind", "unbindable"}, "")->out, "/m"), "unbindable"));
        QVERIFY(contains(fields({"rbind"}, "sideways")->err, "sideways"));
    }
    void cgroup_namespace_is_joined() {
        RuntimeSpec spec = bundle_.spec({"sh", "-c", "readlink /proc/self/ns/cgroup"});
        bundle_.write(spec);
        spec.namespaces.cgroup = false;
        spec.joined.push_back({"cgroup", "/proc/self/ns/cgroup"});
        VERIFY_HAS(bundle_.run(spec), std::filesystem::read_symlink("/proc/self/ns/cgroup").string());
    }
    void user_namespace_is_joined() {
        RuntimeSpec spec = bundle_.spec({"sh", "-c", "cat /proc/self/uid_map; id -u"});
        const std::string place = (bundle_.path() / "user").string();
        QVERIFY(write_file_atomically(place, ""));
        spec.joined.push_back({"user", place});
        bundle_.write(spec);
        QVERIFY(run_command({"chown", "-R", "200000:200000", bundle_.rootfs().string()}));
        const std::string script = "unshare --user sleep 100 & p=$!\n"
                                   "while [ /proc/$p/ns/user -ef /proc/$$/ns/user ]; do sleep 0.02; done\n"
                                   "echo 0 200000 1000 > /proc/$p/uid_map; echo 0 200000 1000 > /proc/$p/gid_map\n"
                                   "mount --bind /proc/$p/ns/user " +
                                   place + "; kill $p; exec " + launcher_path() + " run --bundle " +
                                   bundle_.path().string() + " isolab-test";
        const auto output = run_command({"unshare", "-m", "--propagation", "private", "sh", "-c", script});
        QVERIFY(run_command({"chown", "-R", "0:0", bundle_.rootfs().string()}));
        QVERIFY2(contains(output->out, "200000       1000\n0\n"), (output->out + output->err).c_str());
    }

  private:
    std::string source_folder() const {
        const auto folder = bundle_.path() / "source";
        std::filesystem::create_directories(folder / "sub");
        (void)write_file_atomically(folder / "file", "content");
        return folder.string();
    }

    Bundle bundle_;
    std::string before_;
};

ISOLAB_TEST(AttributesTest)
#include "attributes_test.moc"
