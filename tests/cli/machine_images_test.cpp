// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/command_line.h"
#include "tests/support/test_main.h"

#include <fcntl.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "tests/support/verify.h"
#include "virt/machine_image/partition_table.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
namespace fs = std::filesystem;

/// The verbs of `isolab vm image`. No machine is needed for them.
class MachineImagesTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    fs::path path(const std::string& name) const { return fs::path(scratch_.path().toStdString()) / name; }

    /// Its exit code, and in `printed` what it wrote to standard output.
    ExitCode vm_image(std::vector<std::string> arguments, std::string* printed = nullptr) const {
        const std::string file = path("output");
        const UniqueFd before(::fcntl(1, F_DUPFD_CLOEXEC, 3));
        const UniqueFd output(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        ::dup2(output.get(), 1);
        arguments.insert(arguments.begin(), {"--root", path("data").string(), "vm", "image"});
        const ExitCode code = run_command_line(std::move(arguments));
        ::dup2(before.get(), 1);
        if (printed != nullptr)
            *printed = read_file(file).value_or("");
        return code;
    }

  private slots:
    void initTestCase() {
        constexpr std::uint64_t sectors = 8192;
        const GptBytes table = gpt_bytes(sectors, {}, {{guid_of(efi_system_type), {}, 2048, 4095, "esp"}});
        std::string disk(sectors * sector_bytes, '\0');
        disk.replace(0, table.head.size(), table.head);
        disk.replace(disk.size() - table.tail.size(), table.tail.size(), table.tail);
        VERIFY_OK(write_file_atomically(path("server.img"), disk));
    }
    void init() { fs::remove_all(path("data")); }

    void an_image_comes_and_goes() {
        std::string printed;
        QVERIFY(vm_image({"import", path("server.img")}, &printed) == ExitCode::ok);
        QCOMPARE(printed, std::string("server\n"));
        QVERIFY(vm_image({"ls"}, &printed) == ExitCode::ok);
        const QStringList lines = QString::fromStdString(printed).split('\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 2);
        QVERIFY(lines[0].startsWith("NAME "));
        QVERIFY2(lines[1].contains(QRegularExpression("^server +- +imported +uefi +- +4.* [0-9-]+T")), printed.c_str());
        QVERIFY(vm_image({"rm", "server"}, &printed) == ExitCode::ok);
        QCOMPARE(printed, std::string("server\n"));
        QVERIFY(vm_image({"ls", "--format", "json"}, &printed) == ExitCode::ok);
        QVERIFY(parse_json(printed, "ls").value()["images"].empty());
    }
    void documents_tell_all() {
        std::string printed;
        QVERIFY(vm_image({"import", path("server.img"), "--name", "mine"}) == ExitCode::ok);
        QVERIFY(vm_image({"ls", "--format", "json"}, &printed) == ExitCode::ok);
        const auto list = parse_json(printed, "ls");
        VERIFY_OK(list);
        QCOMPARE((*list)["schema"].get<std::string>(), "isolab.machine-images/1");
        QVERIFY(vm_image({"inspect", "mine"}, &printed) == ExitCode::ok);
        const auto inspected = parse_json(printed, "inspect");
        VERIFY_OK(inspected);
        QVERIFY((*inspected)[0] == (*list)["images"][0]);
        const Json image = (*inspected)[0];
        QCOMPARE(image["name"].get<std::string>(), "mine");
        QCOMPARE(image["diskSize"].get<std::uint64_t>(), 4U << 20U);
        QVERIFY(fs::exists(image["disk"].get<std::string>()));
    }
    void errors_have_their_codes() {
        QVERIFY(vm_image({"inspect", "none"}) == ExitCode::usage);
        QVERIFY(vm_image({"rm", "none"}) == ExitCode::usage);
        QVERIFY(vm_image({"import", path("none")}) == ExitCode::usage);
        QVERIFY(vm_image({"build", "plan9"}) == ExitCode::usage);
        QVERIFY(vm_image({"build", "debian", "--size", "much"}) == ExitCode::usage);
        QVERIFY(vm_image({}) == ExitCode::usage);
        VERIFY_OK(write_file_atomically(path("text"), "no disk"));
        QVERIFY(vm_image({"import", path("text")}) == ExitCode::failed);
    }
};

ISOLAB_TEST(MachineImagesTest)
#include "machine_images_test.moc"
