// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/file_stamp.h"

#include <fstream>
#include <random>

#include <fcntl.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/subprocess.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
namespace fs = std::filesystem;

class FileStampTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    fs::path path(const std::string& name) const { return fs::path(scratch_.path().toStdString()) / name; }

    static constexpr std::size_t size = 3'000'000;
    static std::string noise(std::size_t bytes) {
        std::mt19937_64 random(7);
        std::string text(bytes, '\0');
        for (char& c : text)
            c = static_cast<char>(random());
        return text;
    }
    static UniqueFd open_file(const fs::path& file) { return UniqueFd(::open(file.c_str(), O_RDWR | O_CLOEXEC)); }
    fs::path write(const std::string& name, const std::string& content) const {
        std::ofstream(path(name), std::ios::binary) << content;
        return path(name);
    }

  private slots:
    void damage_is_found_data() {
        QTest::addColumn<QString>("command");
        QTest::newRow("emptied") << ": > F";
        QTest::newRow("halved") << "truncate -s 1500000 F";
        QTest::newRow("grown") << "echo >> F";
        QTest::newRow("zeroed") << "dd if=/dev/zero of=F conv=notrunc bs=1000000 count=3";
        QTest::newRow("begin lost") << "dd if=/dev/zero of=F conv=notrunc bs=1 count=100";
        QTest::newRow("end lost") << "dd if=/dev/zero of=F conv=notrunc bs=1 seek=2999900 count=100";
        QTest::newRow("a twentieth lost") << "fallocate -p -o 1000000 -l 150000 F";
    }
    void damage_is_found() {
        QFETCH(QString, command);
        const fs::path file = write("F", noise(size));
        const UniqueFd fd = open_file(file);
        const auto stamp = take_stamp(fd, "F");
        VERIFY_OK(stamp);
        QVERIFY(!find_damage(fd, *stamp));
        QVERIFY(run_checked({"sh", "-c", "cd " + scratch_.path().toStdString() + " && " + command.toStdString()}));
        const auto damage = find_damage(fd, *stamp);
        QVERIFY(damage && !damage->empty());
    }
    void holes_are_no_content() {
        const fs::path file = write("sparse", noise(size));
        fs::resize_file(file, 1U << 30U);
        const UniqueFd fd = open_file(file);
        QCOMPARE(::pwrite(fd.get(), "end", 3, 900'000'000), ssize_t{3});
        const auto stamp = take_stamp(fd, "sparse");
        VERIFY_OK(stamp);
        // A thirtieth of what is there is less than a thirtieth of its size.
        QCOMPARE(::pwrite(fd.get(), std::string(size / 20, '\0').data(), size / 20, 1'000'000), ssize_t{size / 20});
        QVERIFY(find_damage(fd, *stamp));
    }
    void copies_are_the_same() {
        const fs::path file = write("original", noise(size) + std::string(size, '\0') + noise(1000));
        const auto stamp = take_stamp(open_file(file), "original");
        VERIFY_OK(stamp);
        for (const char* how : {"--sparse=always", "--sparse=never"}) {
            QVERIFY(run_checked({"cp", how, file.string(), path("copy").string()}));
            QVERIFY(!find_damage(open_file(path("copy")), *stamp));
        }
    }
    void small_files_have_stamps() {
        for (const std::size_t bytes : {0U, 1U, 511U, 512U, 513U, 20'000U}) {
            const UniqueFd fd = open_file(write("small", noise(bytes)));
            const auto stamp = take_stamp(fd, "small");
            VERIFY_OK(stamp);
            QVERIFY(!find_damage(fd, *stamp));
            if (bytes > 0) {
                QCOMPARE(::pwrite(fd.get(), "\0", 1, static_cast<off_t>(bytes) - 1), ssize_t{1});
                QVERIFY(find_damage(fd, *stamp));
            }
        }
    }
    void what_comes_before_may_change() {
        const UniqueFd fd = open_file(write("headed", noise(size)));
        const auto stamp = take_stamp(fd, "headed", 1024);
        VERIFY_OK(stamp);
        QCOMPARE(::pwrite(fd.get(), std::string(1024, 'x').data(), 1024, 0), ssize_t{1024});
        QVERIFY(!find_damage(fd, *stamp));
        QCOMPARE(::pwrite(fd.get(), "xx", 2, 1024), ssize_t{2});
        QVERIFY(find_damage(fd, *stamp));
    }
    void survives_as_json() {
        const UniqueFd fd = open_file(write("kept", noise(size)));
        const auto stamp = take_stamp(fd, "kept");
        VERIFY_OK(stamp);
        const auto read = file_stamp_of(to_json(*stamp), "kept");
        VERIFY_OK(read);
        QVERIFY(!find_damage(fd, *read));
        for (const char* bad : {"{}", "[]", R"({"size":1,"hash":"x"})", R"({"size":-1,"pieces":[],"hash":"x"})",
                                R"({"size":1,"pieces":[-4],"hash":"x"})", R"({"size":1,"pieces":"all","hash":"x"})"})
            QVERIFY2(!file_stamp_of(*parse_json(bad, "bad"), "bad"), bad);
    }
    void a_stamped_file_is_trusted_while_it_is_whole() {
        const fs::path file = path("cache/kernel");
        QVERIFY(!is_stamped_file_whole(file));
        VERIFY_OK(write_stamped_file(file, noise(size)));
        QVERIFY(is_stamped_file_whole(file));
        const fs::path stamp = file.string() + ".stamp";
        QCOMPARE(std::distance(fs::directory_iterator(path("cache")), {}), 2);
        for (const fs::path& damaged : {file, stamp}) {
            fs::resize_file(damaged, fs::file_size(damaged) / 2);
            QVERIFY(!is_stamped_file_whole(file));
            VERIFY_OK(write_stamped_file(file, noise(size)));
            QVERIFY(is_stamped_file_whole(file));
            fs::remove(damaged);
            QVERIFY(!is_stamped_file_whole(file));
            VERIFY_OK(write_stamped_file(file, noise(size)));
        }
        QVERIFY(!write_stamped_file("/proc/nowhere/file", "x"));
    }
};

ISOLAB_TEST(FileStampTest)
#include "file_stamp_test.moc"
