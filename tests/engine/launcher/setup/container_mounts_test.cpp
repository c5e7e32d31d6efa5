// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a container finds mounted, and what of it the host sees.
#include <algorithm>
#include <random>
#include <sstream>

#include "engine/base/file_tree.h"
#include "tests/engine/launcher/runtime_verbs.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

/// The places of a mountinfo, in its order.
std::vector<std::string> places(const std::string& mountinfo) {
    std::vector<std::string> found;
    std::istringstream lines(mountinfo);
    for (std::string line; std::getline(lines, line);)
        found.push_back(place_of_mount(line));
    return found;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += word + " ";
    return text;
}

} // namespace

class ContainerMountsTest : public QObject, RuntimeVerbs {
    Q_OBJECT
  public:
    ContainerMountsTest() : RuntimeVerbs("container-mounts") {}

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("without root there is no control group to make");
        std::filesystem::permissions(bundle_.rootfs(),
                                     std::filesystem::perms::all); // mapped ids make places there, too
    }
    void init() { before_ = traces(); }
    void cleanup() {
        runtime({"delete", "--force", id});
        QCOMPARE(traces(), before_);
    }

    void order_is_the_listed_one_data() {
        QTest::addColumn<bool>("user_namespace");
        QTest::addColumn<unsigned>("seed");
        for (const bool user_namespace : {false, true})
            for (const unsigned seed : {1U, 2U, 3U, 4U})
                QTest::addRow("user namespace %d, seed %u", user_namespace, seed) << user_namespace << seed;
    }
    /// A MUST of the specification (config.md, "Mounts").
    void order_is_the_listed_one() {
        QFETCH(const bool, user_namespace);
        QFETCH(const unsigned, seed);
        RuntimeSpec spec = bundle_.spec({"cat", "/proc/self/mountinfo"});
        if (user_namespace) {
            spec.namespaces.user = true;
            spec.uid_mappings = {{0, 100000, 65536}};
            spec.gid_mappings = {{0, 100000, 65536}};
        }
        spec.mounts.push_back({"/mnt/bound", "bind", "/usr/share", {"rbind", "ro"}, {}, {}});
        spec.mounts.push_back({"/mnt/memory", "tmpfs", "tmpfs", {}, {}, {}});
        spec.mounts.push_back({"/dev/bound", "bind", "/usr/share", {"bind"}, {}, {}});
        const auto below = std::ranges::stable_partition(
            spec.mounts, [](const Mount& one) { return one.destination == "/proc" || one.destination == "/dev"; });
        std::shuffle(below.begin(), below.end(), std::mt19937(seed));
        std::vector<std::string> listed;
        for (const Mount& one : spec.mounts)
            listed.push_back(one.destination);
        bundle_.write(spec);
        const auto output = runtime({"run", "--bundle", bundle_.path().string(), id});
        VERIFY_CODE(output, 0);
        std::vector<std::string> found = places(output.out);
        std::erase_if(found, [&](const auto& place) { return std::ranges::find(listed, place) == listed.end(); });
        QCOMPARE(joined(found), joined(listed));
    }

    /// As with mount(8), where the kernel ignores them.
    void parameters_of_a_bind_mount_are_warned_of() {
        RuntimeSpec spec = bundle_.spec({"ls", "/mnt"});
        spec.mounts.push_back({"/mnt", "bind", bundle_.rootfs().string(), {"bind", "mode=755", "size=3"}, {}, {}});
        bundle_.write(spec);
        const auto output = runtime({"run", "--bundle", bundle_.path().string(), id});
        VERIFY_CODE(output, 0);
        QVERIFY2(contains(output.out, "bin"), output.out.c_str());
        QVERIFY2(contains(output.err, "\"mode=755\" has no effect") && contains(output.err, "\"size=3\" has no effect"),
                 output.err.c_str());
    }

    /// What is not listed is inherited (config-linux.md, "Namespaces").
    void mount_namespace_may_be_the_callers() {
        bundle_.write(without_mount_namespace({"sh", "-c", "readlink /proc/self/ns/mnt; ls /; touch /made"}));
        const auto output = runtime({"run", "--bundle", bundle_.path().string(), id});
        VERIFY_CODE(output, 0);
        const std::string own = std::filesystem::read_symlink("/proc/self/ns/mnt").string();
        QVERIFY2(output.out.starts_with(own + "\n"), output.out.c_str());
        QVERIFY2(contains(output.out, "\nproc\n") && !contains(output.out, "\nboot\n"), output.out.c_str());
        QVERIFY(std::filesystem::exists(bundle_.rootfs() / "made")); // and cleanup() sees that no mount is left
    }
    void mounts_in_the_callers_namespace_go_with_the_container() {
        bundle_.write(without_mount_namespace({"sleep", "1000"}));
        VERIFY_CODE(runtime_detached("create --bundle " + bundle_.path().string() + " " + id), 0);
        VERIFY_CODE(runtime({"start", id}), 0);
        QVERIFY(std::filesystem::exists(bundle_.rootfs() / "proc/1"));
        VERIFY_CODE(runtime({"delete", "--force", id}), 0);
        QVERIFY(!std::filesystem::exists(bundle_.rootfs() / "proc/1"));
    }
    void mounts_in_the_callers_namespace_go_with_a_start_that_fails() {
        RuntimeSpec spec = without_mount_namespace({"no-such-program"});
        bundle_.write(spec);
        VERIFY_CODE(runtime({"run", "--bundle", bundle_.path().string(), id}), 127);
    }
    void user_namespace_needs_a_mount_namespace() {
        RuntimeSpec spec = without_mount_namespace({"true"});
        spec.namespaces.user = true;
        spec.uid_mappings = {{0, 100000, 65536}};
        spec.gid_mappings = {{0, 100000, 65536}};
        bundle_.write(spec);
        const auto output = runtime({"run", "--bundle", bundle_.path().string(), id});
        VERIFY_CODE(output, 125);
        QVERIFY2(contains(output.err, "list \"mount\" too"), output.err.c_str());
    }

  private:
    RuntimeSpec without_mount_namespace(const std::vector<std::string>& args) const {
        RuntimeSpec spec = bundle_.spec(args);
        spec.namespaces.mount = false;
        spec.root_read_only = false;
        return spec;
    }
};

ISOLAB_TEST(ContainerMountsTest)
#include "container_mounts_test.moc"
