// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is in the data folder is its owner's alone at every moment, whatever his umask.
#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "tests/support/container_program.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

namespace {

/// The root of a container or volume, whose mode is its image's, and kernels, which users put there.
bool has_mode_of_others(const fs::path& path) {
    const std::string name = path.filename();
    const bool layer = path.parent_path().filename() == "layers" && name.starts_with("chain-");
    return layer || name == "tree" || name == "rootfs" || name == "_data" || name == "kernels";
}

/// Closed itself; what is in it has modes that the container or libvirt gave it.
bool has_content_of_others(const fs::path& path) {
    const std::string name = path.filename();
    return name == "snapshot" ||
           (path.parent_path().filename() == "libvirt" && name.find_first_not_of("0123456789") == std::string::npos);
}

/// What a container sees in its /etc, as whatever user, and namespaces, which are mounted.
bool is_for_others(const fs::path& path) {
    const std::string name = path.filename();
    struct statfs system {};
    return name.starts_with("hosts") || name.starts_with("hostname") || name.starts_with("resolv.conf") ||
           (::statfs(path.c_str(), &system) == 0 && system.f_type == NSFS_MAGIC);
}

void note_open(const fs::path& path, std::set<std::string>& open) {
    struct stat status {};
    if (has_mode_of_others(path) || ::lstat(path.c_str(), &status) != 0 || S_ISLNK(status.st_mode))
        return;
    if ((status.st_mode & 077U) != 0 && !is_for_others(path))
        open.insert(path.string() + " has mode " + QString::number(status.st_mode & 07777U, 8).toStdString());
    if (!S_ISDIR(status.st_mode) || has_content_of_others(path))
        return;
    std::error_code gone;
    for (fs::directory_iterator it(path, gone), end; !gone && it != end; it.increment(gone))
        note_open(it->path(), open);
}

std::string joined(const std::set<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines)
        text += line + "\n";
    return text;
}

/// Looks again and again, until it is destroyed: not even for a moment may something be open.
class Watch {
  public:
    explicit Watch(fs::path root) : root_(std::move(root)), thread_([this] { look(); }) {}
    ~Watch() { end(); }
    std::string end() {
        ended_ = true;
        if (thread_.joinable())
            thread_.join();
        return joined(open_);
    }

  private:
    void look() {
        while (!ended_)
            note_open(root_, open_);
        note_open(root_, open_);
    }

    fs::path root_;
    std::set<std::string> open_;
    std::atomic<bool> ended_{false};
    std::thread thread_;
};

} // namespace

class DataFolderTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;

    static CommandOutput run_with(const std::string& mask, const Program& program,
                                  const std::vector<std::string>& arguments) {
        std::vector<std::string> line{"sh", "-c", "umask " + mask + "; exec \"$@\"", "sh"};
        for (std::string& word : program.command_line(arguments))
            line.push_back(std::move(word));
        auto output = run_command(line, {}, std::chrono::minutes(5));
        return output ? std::move(*output) : CommandOutput{-1, "", output.error().message()};
    }
    fs::path here() const { return scratch_.path().toStdString(); }

  private slots:
    void nobody_else_reads_it_data() {
        QTest::addColumn<QString>("mask");
        for (const char* mask : {"000", "077"}) // none, which hides no mode, and one that takes all from others
            QTest::newRow(mask) << mask;
    }
    void nobody_else_reads_it() {
        QFETCH(QString, mask);
        const std::string bits = mask.toStdString();
        const ContainerProgram program(programs_folder(), here() / bits);
        const fs::path given = here() / ("given-" + bits);
        VERIFY_CODE(run_with(bits, program, {"container", "ls"}), 0); // from here on it is the program's
        Watch watch(program.root());
        VERIFY_CODE(
            run_with(bits, program,
                     {"run", "-d", "--name", "one", "--user", "1000", "-v", "data:/data", default_image, "sh", "-c",
                      "cat /etc/hosts /etc/hostname /etc/resolv.conf >/dev/null && echo read; sleep 1000"}),
            0);
        VERIFY_SOON(program.container({"logs", "one"}).out == "read\n");
        const CommandOutput compared = run_with(
            bits, program,
            {"compare", "hello", "--runs", "1", "--warmup", "0", "--format", "json", "--output", given.string()});
        QVERIFY2(compared.code == 0, compared.err.c_str());
        VERIFY_CODE(program.container({"rm", "-f", "one"}), 0);
        const std::string open = watch.end();
        QVERIFY2(open.empty(), open.c_str());

        struct stat status {};
        QCOMPARE(::stat(given.c_str(), &status), 0); // what is written for the user is as his umask says
        QCOMPARE(status.st_mode & 0777U, 0666U & ~static_cast<unsigned>(std::stoul(bits, nullptr, 8)));
    }
    void folder_that_is_made_is_private() {
        const Program program(programs_folder(), here() / "program");
        for (const char* mask : {"022", "000"}) {
            const fs::path root = here() / (std::string("fresh-") + mask) / "data";
            auto line = program.command_line({"image", "ls"});
            *std::ranges::find(line, program.root().string()) = root.string();
            line.insert(line.begin(), {"sh", "-c", std::string("umask ") + mask + "; exec \"$@\"", "sh"});
            VERIFY_CODE(*run_command(line), 0);
            std::set<std::string> open;
            note_open(root, open);
            QVERIFY2(open.empty(), joined(open).c_str());
        }
    }
    void folder_of_others_keeps_its_mode() {
        const Program program(programs_folder(), here() / "shared");
        fs::create_directories(program.root() / "public_html");
        fs::permissions(program.root(), fs::perms(0755));
        VERIFY_CODE(program.run({"image", "ls"}), 0);
        QCOMPARE(fs::status(program.root()).permissions(), fs::perms(0755));
        QCOMPARE(fs::status(program.root() / "images").permissions(), fs::perms::owner_all);
    }
    void files_that_were_open_are_closed() {
        const Program program(programs_folder(), here() / "former");
        const std::vector<std::string> words{"compare", "hello", "--runs", "1", "--warmup", "0", "--format", "json"};
        QVERIFY2(program.run(words).code == 0, "no comparison");
        QVERIFY(fs::exists(program.root() / "history.sqlite"));
        for (const auto& entry : fs::recursive_directory_iterator(program.root()))
            if (!entry.is_symlink() && entry.path().string().find("/layers/") == std::string::npos)
                fs::permissions(entry.path(), fs::perms(entry.is_directory() ? 0755 : 0644));
        fs::permissions(program.root(), fs::perms(0711));
        QVERIFY2(program.run(words).code == 0, "no second comparison");
        std::set<std::string> open;
        note_open(program.root(), open);
        QVERIFY2(open.empty(), joined(open).c_str());
    }
};

ISOLAB_TEST(DataFolderTest)
#include "data_folder_test.moc"
