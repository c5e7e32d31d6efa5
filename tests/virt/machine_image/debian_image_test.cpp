// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "tests/virt/machine_image/built_debian.h"
#include "virt/machine_image/debian_image.h"
#include "virt/machine_image/seed_disk.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

namespace {

/// Waits until systemd has started all that it wants to, tells about it on the second serial line, and switches off.
constexpr const char* reporting_agent = "#!/bin/sh\n"
                                        "state=$(systemctl is-system-running --wait)\n"
                                        "exec >/dev/ttyS1 2>&1\n"
                                        "echo \"state: $state\"\n"
                                        "systemctl --failed --no-legend\n"
                                        "systemd-analyze time\n"
                                        "echo \"kernel: $(uname -r)\"\n"
                                        "echo \"note: $(cat /run/isolab/seed/note)\"\n"
                                        "[ -d /sys/firmware/efi ] && echo 'firmware: uefi' || echo 'firmware: bios'\n"
                                        "stat -c 'owner: %U:%G %a' /etc/shadow\n"
                                        "findmnt -n -o SOURCE,FSTYPE /boot/efi\n"
                                        "ls /etc/ssh/ssh_host_ed25519_key\n"
                                        "systemctl poweroff\n";

/// Stops when mmdebstrap has begun to fetch.
class StopAtFetch final : public ProgressSink {
  public:
    explicit StopAtFetch(StopSource& stop) : stop_(stop) {}
    void report(const Progress& progress) override {
        if (progress.subject.find("apt-get update") != std::string::npos)
            stop_.request_stop();
    }

  private:
    StopSource& stop_;
};

} // namespace

/// Builds a real Debian, once for a state of the builder's sources, and boots it with plain QEMU, emulated.
class DebianImageTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    fs::path path(const std::string& name) const { return fs::path(scratch_.path().toStdString()) / name; }

    fs::path seed_disk() const {
        SeedContent seed;
        seed.instance_id = "test";
        seed.agent = path("agent");
        seed.files["note"] = "from the host";
        const bool made = write_file_atomically(seed.agent, reporting_agent) && make_seed_disk(path("seed"), seed, {});
        return made ? path("seed") : fs::path();
    }

  private slots:
    void a_failed_build_leaves_nothing();
    void a_stopped_build_leaves_nothing();
    void boots_data();
    void boots();
};

void DebianImageTest::a_failed_build_leaves_nothing() {
    const auto store = MachineImageStore::open(path("images"));
    VERIFY_OK(store);
    NoProgress progress;
    DebianRequest request;
    request.mirror = "file:/nonexistent/debian";
    const auto image = build_debian_image(*store, request, progress, {});
    QCOMPARE(image.error().kind, ErrorKind::system);
    QCOMPARE(image.error().message(), "cannot run mmdebstrap: invalid mirror: file:/nonexistent/debian");
    QVERIFY(fs::is_empty(path("images")));
}

void DebianImageTest::a_stopped_build_leaves_nothing() {
    const auto store = MachineImageStore::open(path("images"));
    VERIFY_OK(store);
    StopSource stop;
    StopAtFetch progress(stop);
    QCOMPARE(build_debian_image(*store, {}, progress, stop.token()).error().kind, ErrorKind::cancelled);
    QVERIFY(fs::is_empty(path("images")));
}

void DebianImageTest::boots_data() {
    QTest::addColumn<QString>("firmware");
    QTest::newRow("BIOS") << "bios";
    if (qEnvironmentVariableIsSet("ISOLAB_TEST_UEFI")) // another half a minute
        QTest::newRow("UEFI") << "uefi";
}

void DebianImageTest::boots() {
    QFETCH(QString, firmware);
    const auto held = built_debian();
    VERIFY_OK(held);
    const MachineImage& image = held->image();
    QCOMPARE(image.firmware, (BootFirmware{true, true}));
    QVERIFY2(image.distribution.starts_with("Debian GNU/Linux 12"), image.distribution.c_str());
    const fs::path overlay = path("overlay");
    fs::remove(overlay);
    VERIFY_OK(run_checked(
        {"qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", image.disk.string(), overlay.string()}));
    const fs::path seed = seed_disk();
    QVERIFY(!seed.empty());
    std::vector<std::string> command{"qemu-system-x86_64",
                                     "-accel",
                                     "tcg",
                                     "-machine",
                                     "q35",
                                     "-m",
                                     "512",
                                     "-nodefaults",
                                     "-display",
                                     "none",
                                     "-no-reboot",
                                     "-serial",
                                     "file:" + path("console").string(),
                                     "-serial",
                                     "file:" + path("agent.log").string(),
                                     "-drive",
                                     "if=virtio,cache=unsafe,format=qcow2,file=" + overlay.string(),
                                     "-drive",
                                     "if=virtio,readonly=on,format=raw,file=" + seed.string()};
    if (firmware == "uefi") {
        fs::copy_file("/usr/share/OVMF/OVMF_VARS_4M.fd", path("vars"), fs::copy_options::overwrite_existing);
        command.insert(command.end(),
                       {"-drive", "if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd", "-drive",
                        "if=pflash,format=raw,file=" + path("vars").string()});
    }
    const auto ended = run_command(command);
    const std::string console = read_file(path("console")).value_or("");
    QVERIFY2(ended.has_value(), console.c_str());
    const QString said = QString::fromStdString(read_file(path("agent.log")).value_or("")).remove('\r');
    for (const QString& line : {QString("state: running\n"), QString("Startup finished in"),
                                "kernel: " + QString::fromStdString(image.kernel), QString("note: from the host\n"),
                                "firmware: " + firmware + "\n", QString("owner: root:shadow 640\n"),
                                QString("/dev/vda2 vfat\n"), QString("/etc/ssh/ssh_host_ed25519_key\n")})
        QVERIFY2(said.contains(line), qPrintable(line + " is not in:\n" + said + QString::fromStdString(console)));
    QVERIFY(console.find("Power down") != std::string::npos);
}

ISOLAB_TEST(DebianImageTest)
#include "debian_image_test.moc"
