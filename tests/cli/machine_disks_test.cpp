// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/command_line.h"
#include "tests/support/test_main.h"

#include <fstream>

#include <fcntl.h>
#include <unistd.h>

#include "engine/base/data_folder.h"
#include "engine/base/file_tree.h"
#include "engine/image/image_store.h"
#include "tests/support/places.h"
#include "tests/support/verify.h"
#include "virt/virt.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

/// What the verbs do with the disks that images have for machines. No machine is needed for it.
class MachineDisksTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    fs::path path(const std::string& name) const { return fs::path(scratch_.path().toStdString()) / name; }
    GuestImages disks() const { return GuestImages(DataFolder(path("data")).disks()); }

    /// Its exit code, and in `printed` what it wrote to standard output.
    ExitCode isolab(std::vector<std::string> arguments, std::string* printed = nullptr) const {
        const std::string file = path("output");
        const UniqueFd before(::fcntl(1, F_DUPFD_CLOEXEC, 3));
        const UniqueFd output(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        ::dup2(output.get(), 1);
        arguments.insert(arguments.begin(), {"--root", path("data").string()});
        const ExitCode code = run_command_line(std::move(arguments));
        ::dup2(before.get(), 1);
        if (printed != nullptr)
            *printed = read_file(file).value_or("");
        return code;
    }
    /// Imports an image that holds one file, and makes its disk.
    void add_image(const std::string& name) {
        fs::create_directories(path(name));
        std::ofstream(path(name) / "file") << name;
        const std::string tar = path(name + ".tar");
        QVERIFY(run_checked({"tar", "-cf", tar, "-C", path(name).string(), "."}));
        QVERIFY(isolab({"image", "import", tar, "--name", name}) == ExitCode::ok);
        NoProgress progress;
        VERIFY_OK(disks().make(path(name), digest_of(name), progress, {}));
    }
    std::string digest_of(const std::string& name) const {
        const auto store = ImageStore::open(DataFolder(path("data")).images());
        const auto image = store ? store->find(name) : fail(store.error());
        return image ? image->digest.text() : image.error().message();
    }

  private slots:
    void initTestCase() { // where the launcher is found
        qputenv("PATH", QByteArray::fromStdString(programs_folder().string()) + ":" + qgetenv("PATH"));
    }
    void init() {
        fs::remove_all(path("data"));
        add_image("one");
        add_image("two");
    }
    void a_disk_goes_with_its_image() {
        const std::string one = digest_of("one");
        QVERIFY(isolab({"image", "rm", "one"}) == ExitCode::ok);
        QCOMPARE(disks().find(one).error().kind, ErrorKind::not_found);
        VERIFY_OK(disks().find(digest_of("two")));
        QVERIFY(isolab({"image", "rm", "two"}) == ExitCode::ok);
        QVERIFY(disks().list()->empty());
    }
    void a_disk_stays_for_another_name_of_its_image() {
        const std::string one = digest_of("one");
        QVERIFY(isolab({"image", "import", path("one.tar"), "--name", "uno"}) == ExitCode::ok);
        QCOMPARE(digest_of("uno"), one);
        QVERIFY(isolab({"image", "rm", "one"}) == ExitCode::ok);
        VERIFY_OK(disks().find(one));
        QVERIFY(isolab({"image", "rm", "uno"}) == ExitCode::ok);
        QVERIFY(!disks().find(one));
    }
    void the_disk_of_a_replaced_image_goes_with_the_next() {
        const std::string old = digest_of("one");
        QVERIFY(isolab({"image", "import", path("two.tar"), "--name", "one"}) == ExitCode::ok);
        VERIFY_OK(disks().find(old));
        QVERIFY(isolab({"image", "rm", "two"}) == ExitCode::ok);
        QVERIFY(!disks().find(old));
        VERIFY_OK(disks().find(digest_of("one")));
    }
    void a_removal_that_is_refused_keeps_the_disk() {
        QVERIFY(isolab({"image", "rm", "three"}) != ExitCode::ok);
        QCOMPARE(disks().list()->size(), std::size_t{2});
    }
    void all_are_shown() {
        std::string text;
        fs::resize_file(disks().find(digest_of("two"))->path, 4096);
        NoProgress progress;
        VERIFY_OK(disks().make(path("one"), "sha256:unknown", progress, {}));
        QVERIFY(isolab({"system", "df"}, &text) == ExitCode::ok);
        const QString shown = QString::fromStdString(text);
        const auto says = [&](const QString& pattern) {
            return shown.contains(QRegularExpression(pattern, QRegularExpression::MultilineOption));
        };
        QVERIFY2(says("^images +2 +[1-9]"), text.c_str());
        QVERIFY2(says("^machine disks +3 +[1-9]"), text.c_str());
        QVERIFY2(says("^one:latest +sha256:[0-9a-f]{12} +[1-9][^ ]* [kM]B +ready$"), text.c_str());
        QVERIFY2(says("^two:latest .* its size is 4096 bytes, and was "), text.c_str());
        QVERIFY2(says("^- +sha256:unknown .* no image has it$"), text.c_str());
    }
    void an_empty_data_folder_is_shown() {
        fs::remove_all(path("data"));
        std::string text;
        QVERIFY(isolab({"system", "df"}, &text) == ExitCode::ok);
        QVERIFY2(text.find("machine disks") != std::string::npos, text.c_str());
        QVERIFY(text.find("STATE") == std::string::npos);
    }
    void they_go_when_the_system_is_pruned() {
        std::string text;
        const std::string two = digest_of("two");
        QVERIFY(isolab({"system", "prune"}, &text) == ExitCode::ok);
        QVERIFY2(text.find("machine disk of " + two) != std::string::npos, text.c_str());
        QVERIFY(disks().list()->empty());
        QVERIFY(isolab({"system", "prune"}, &text) == ExitCode::ok);
        QCOMPARE(text, std::string());
    }
};

ISOLAB_TEST(MachineDisksTest)
#include "machine_disks_test.moc"
