// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the image and the options of `isolab run` ask for is what the container has.
#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/json.h"
#include "tests/support/container_program.h"
#include "tests/support/host_state.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;

class ContainerSettingsTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    std::unique_ptr<ContainerProgram> program_;
    HostState before_;

    CommandOutput container(const std::vector<std::string>& arguments) const { return program_->container(arguments); }
    CommandOutput shell(const std::vector<std::string>& options, const std::string& script) const {
        std::vector<std::string> all{"--rm"};
        all.insert(all.end(), options.begin(), options.end());
        return program_->run_shell(all, script);
    }
    Json inspect(const std::string& name) const {
        const auto document = parse_json(container({"inspect", name}).out, "inspect");
        return document && document->is_array() && !document->empty() ? document->front() : Json::object();
    }
    std::string write(const char* name, const std::string& text) const {
        const std::string path = scratch_.filePath(name).toStdString();
        std::ofstream(path) << text;
        return path;
    }

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("devices and networks need root");
        program_ = std::make_unique<ContainerProgram>(programs_folder(), scratch_.path().toStdString() + "/data");
        VERIFY_CODE(program_->run_shell({"--name", "base"}, "mkdir -p /srv/data; echo seed > /srv/data/file"), 0);
        VERIFY_CODE(container({"commit", "--change", "VOLUME /srv/data", "--change", "EXPOSE 80 53/udp", "--change",
                               "LABEL origin=image kept=yes", "--change", "STOPSIGNAL SIGUSR1", "--change",
                               "HEALTHCHECK --interval=100ms --retries=2 CMD test ! -e /tmp/ill", "base", "made"}),
                    0);
        VERIFY_CODE(container({"rm", "base"}), 0);
        before_ = HostState::capture(program_->root(), program_->temporary());
    }
    void cleanup() {
        for (const auto& [id, listed] : program_->list())
            VERIFY_CODE(container({"rm", "--force", "--volumes", id}), 0);
        VERIFY_CODE(program_->run({"system", "prune"}), 0);
        const std::string left = HostState::left_since(before_, program_->root(), program_->temporary());
        QVERIFY2(left.empty(), left.c_str());
    }

    void an_image_says_how_it_is_run() {
        VERIFY_CODE(program_->run({"run", "-d", "--name", "one", "-P", "--expose", "99", "-l", "origin=user", "made",
                                   "sh", "-c", "trap 'exit 3' USR1; while :; do sleep 0.05; done"}),
                    0);
        const Json shown = inspect("one");
        QCOMPARE(shown["Config"]["Labels"].dump(), std::string(R"({"kept":"yes","origin":"user"})"));
        QCOMPARE(shown["Mounts"][0]["Type"].get<std::string>(), std::string("volume"));
        QCOMPARE(shown["Mounts"][0]["Destination"].get<std::string>(), std::string("/srv/data"));
        const Json& ports = shown["NetworkSettings"]["Ports"];
        QVERIFY2(ports.contains("80/tcp") && ports.contains("53/udp") && ports.contains("99/tcp"),
                 ports.dump().c_str());
        QCOMPARE(container({"exec", "one", "cat", "/srv/data/file"}).out, std::string("seed\n"));
        QVERIFY(becomes_true([&] { return program_->field("one", ".State.Health.Status") == "healthy"; }));
        VERIFY_CODE(container({"exec", "one", "touch", "/tmp/ill"}), 0);
        QVERIFY(becomes_true([&] { return program_->field("one", ".State.Health.Status") == "unhealthy"; }));
        VERIFY_CODE(container({"stop", "one"}), 0);
        QCOMPARE(program_->field("one", ".State.ExitCode"), std::string("3")); // by the image's signal
    }
    void options_count_more_than_the_image() {
        VERIFY_CODE(container({"create", "--name", "one", "--no-healthcheck", "--tmpfs", "/srv/data", "made", "true"}),
                    0);
        const Json shown = inspect("one");
        QCOMPARE(shown["Mounts"].size(), std::size_t{1});
        QCOMPARE(shown["Mounts"][0]["Type"].get<std::string>(), std::string("tmpfs"));
        VERIFY_CODE(container({"start", "--attach", "one"}), 0);
        QVERIFY(!inspect("one")["State"].contains("Health"));
    }
    void volumes_of_another_container() {
        VERIFY_CODE(program_->run({"run", "--network", "none", "--name", "one", "made", "true"}), 0);
        const auto output = shell({"--volumes-from", "one:ro"}, "cat /srv/data/file; echo x > /srv/data/other");
        QCOMPARE(output.code, 1);
        QVERIFY2(output.out == "seed\n" && contains(output.err, "Read-only"), (output.out + output.err).c_str());
        VERIFY_CODE(shell({"--volumes-from", "one"}, "echo x > /srv/data/other"), 0);
        QVERIFY(contains(shell({"--volumes-from", "one:what"}, "true").err, "is not ro or rw"));
        QVERIFY(shell({"--volumes-from", "two"}, "true").code != 0);
    }
    void the_filter_follows_the_capabilities() {
        VERIFY_CODE(shell({"--cap-add", "SYS_ADMIN"}, "mount -t tmpfs none /mnt"), 0);
        QVERIFY(shell({}, "mount -t tmpfs none /mnt").code != 0);
        QVERIFY(shell({"--cap-add", "NET_ADMIN"}, "mount -t tmpfs none /mnt").code != 0);
    }
    void a_filter_of_ones_own() {
        const std::string full = write("full.json", R"({"defaultAction":"SCMP_ACT_ALLOW","syscalls":[
                {"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":28},
                {"names":["rmdir"],"action":"SCMP_ACT_ERRNO","includes":{"caps":["CAP_SYS_ADMIN"]}}]})");
        const auto output = shell({"--security-opt", "seccomp=" + full}, "mkdir /x; mkdir /y");
        QVERIFY2(contains(output.err, "No space left on device"), output.err.c_str());
        VERIFY_CODE(
            container({"create", "--name", "one", "--security-opt", "seccomp=" + full, default_image, "mkdir", "/x"}),
            0);
        std::filesystem::remove(full); // it is the container's by now
        QCOMPARE(container({"start", "--attach", "one"}).code, 1);
        const std::string wrong = write("wrong.json", R"({"defaultAction":1})");
        const auto refused = shell({"--security-opt", "seccomp=" + wrong}, "true");
        QVERIFY2(refused.code == 125 && contains(refused.err, "the container's seccomp profile"), refused.err.c_str());
        const auto missing = shell({"--security-opt", "seccomp=/nowhere.json"}, "true");
        QVERIFY2(missing.code == 125 && contains(missing.err, "/nowhere.json"), missing.err.c_str());
    }
    void a_privileged_one_has_the_devices_of_this_machine() {
        struct stat status {};
        if (::stat("/dev/vda", &status) != 0 && ::stat("/dev/sda", &status) != 0 && ::stat("/dev/loop0", &status) != 0)
            QSKIP("this machine has no block device that is known here");
        const std::string name = std::filesystem::exists("/dev/vda")   ? "/dev/vda"
                                 : std::filesystem::exists("/dev/sda") ? "/dev/sda"
                                                                       : "/dev/loop0";
        VERIFY_CODE(shell({"--privileged"}, "test -b " + name), 0);
        QVERIFY(shell({}, "test -e " + name).code != 0);
        const auto terminals = shell({"--privileged"}, "ls /dev | grep -x 'tty[0-9]*'");
        QCOMPARE(terminals.out, std::string("tty\n"));
        VERIFY_CODE(shell({"--privileged"}, "test -c /dev/ptmx && test -d /dev/pts && test -w /dev/shm"), 0);
        // What it does to a node is not done to this machine's.
        shell({"--privileged"}, "chmod 644 " + name + "; rm " + name);
        struct stat after {};
        QCOMPARE(::stat(name.c_str(), &after), 0);
        QCOMPARE(after.st_mode, status.st_mode);
    }
    void names_groups_and_rules() {
        const auto output = shell({"--domainname", "lab", "-h", "here"}, "cat /proc/sys/kernel/domainname; hostname");
        QCOMPARE(output.out, std::string("lab\nhere\n"));
        QVERIFY(contains(shell({"--cgroupns", "host"}, "cat /proc/self/cgroup").out, "/isolab/"));
        QVERIFY(!contains(shell({}, "cat /proc/self/cgroup").out, "/isolab/"));
        QVERIFY(shell({"--cgroupns", "else"}, "true").code == 125);
        // Allowed by number, a node can be made and opened.
        QVERIFY(shell({"--cap-add", "MKNOD"}, "mknod /k c 1 11 && cat /k").code != 0);
        VERIFY_CODE(shell({"--device-cgroup-rule", "c 1:11 rw"}, "mknod /k c 1 11 && echo > /k"), 0);
        VERIFY_CODE(container({"create", "--name", "one", "--annotation", "org.example=1", "--label-file",
                               write("labels", "# none\na=b\n\nc=d=e\n"), default_image}),
                    0);
        QCOMPARE(inspect("one")["Config"]["Labels"].dump(), std::string(R"({"a":"b","c":"d=e"})"));
        QCOMPARE(inspect("one")["HostConfig"]["Annotations"].dump(), std::string(R"({"org.example":"1"})"));
    }
    void further_limits() {
        VERIFY_CODE(container({"create", "--name", "one", "--cpu-quota", "30000", "--cpu-period", "60000",
                               "--memory-swappiness", "7", "--blkio-weight", "300", default_image}),
                    0);
        const Json limits = inspect("one")["HostConfig"]["Resources"];
        QCOMPARE(limits["cpu"]["quota"].dump(), std::string("30000"));
        QCOMPARE(limits["cpu"]["period"].dump(), std::string("60000"));
        QCOMPARE(limits["memory"]["swappiness"].dump(), std::string("7"));
        QCOMPARE(limits["blockIO"]["weight"].dump(), std::string("300"));
        QVERIFY(contains(shell({"--cpus", "1", "--cpu-quota", "1000"}, "true").err, "in other words"));
    }
};

ISOLAB_TEST(ContainerSettingsTest)
#include "container_settings_test.moc"
