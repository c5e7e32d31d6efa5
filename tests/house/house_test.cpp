// SPDX-License-Identifier: GPL-3.0-or-later
//
// The plan of the house, enforced: who may include and link whom, and how every source begins.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <QTest>

#include "tests/house/house_rules.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"

using namespace isolab::house;
namespace fs = std::filesystem;

namespace {

const fs::path source_dir = isolab::test::source_file("");
constexpr const char* top_folders[] = {"engine", "virt", "compare", "cli", "gui", "resources", "tests"};

std::string read(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

/// Calls `visit(relative path, text)` for each regular file of the house.
template <typename Visit> void for_each_file(Visit&& visit) {
    for (const char* folder : top_folders) {
        for (const auto& entry : fs::recursive_directory_iterator(source_dir / folder)) {
            if (entry.is_regular_file())
                visit(fs::relative(entry.path(), source_dir).generic_string(), read(entry.path()));
        }
    }
}

QByteArray join(const Violations& violations) {
    QByteArray text;
    for (const std::string& violation : violations)
        text += "\n  " + QByteArray::fromStdString(violation);
    return text;
}

const std::string spdx = "// SPDX-License-Identifier: GPL-3.0-or-later\n";

} // namespace

class HouseTest : public QObject {
    Q_OBJECT
  private slots:
    void sources_keep_the_rules();
    void cmake_files_keep_the_rules();
    void every_folder_is_a_room();
    void table_is_read();
    void rooms_have_an_order();
    void sources_of_neighbours_are_found();
    void folders_have_a_readme();
    void broken_includes_are_found_data();
    void broken_includes_are_found();
    void broken_links_are_found_data();
    void broken_links_are_found();
    void bad_form_is_found();
    void bad_waits_and_macros_are_found();
};

void HouseTest::sources_keep_the_rules() {
    Violations found;
    int sources = 0;
    for_each_file([&](const std::string& path, const std::string& text) {
        if (!path.ends_with(".h") && !path.ends_with(".cpp") && !path.ends_with(".c"))
            return;
        ++sources;
        const Violations more = check_source(path, text);
        found.insert(found.end(), more.begin(), more.end());
        if (path.starts_with("tests/")) {
            const Violations of_tests = check_test(path, text);
            found.insert(found.end(), of_tests.begin(), of_tests.end());
        }
    });
    QVERIFY2(sources > 50, "the sources were not found");
    QVERIFY2(found.empty(), join(found).constData());
}

void HouseTest::cmake_files_keep_the_rules() {
    Violations found;
    int files = 0;
    for_each_file([&](const std::string& path, const std::string& text) {
        if (!path.ends_with("CMakeLists.txt"))
            return;
        ++files;
        const Violations more = check_links(path, text);
        found.insert(found.end(), more.begin(), more.end());
    });
    QVERIFY2(files > 10, "the CMakeLists.txt were not found");
    QVERIFY2(found.empty(), join(found).constData());
}

void HouseTest::every_folder_is_a_room() {
    QVERIFY(rooms().size() > 15);
    for (const Room& room : rooms())
        QVERIFY2(fs::exists(source_dir / room.folder), room.folder.c_str());
}

void HouseTest::table_is_read() {
    const auto rooms = parse_rooms("| room | is for | uses | libraries | links |\n|---|---|---|---|---|\n"
                                   "| `a/b` | words | `c/` `d.h` | | `x::y*` |\n| `too` | short |\n");
    QCOMPARE(rooms.size(), 1U);
    QCOMPARE(rooms[0].folder, std::string("a/b"));
    QCOMPARE(rooms[0].includes, (std::vector<std::string>{"c/", "d.h"}));
    QVERIFY(rooms[0].libraries.empty());
    QCOMPARE(rooms[0].links.front(), std::string("x::y*"));
}

void HouseTest::rooms_have_an_order() {
    const Violations found = find_cycles(rooms());
    QVERIFY2(found.empty(), join(found).constData());
    const auto table =
        parse_rooms("| `a` | | `b/` | | |\n| `a/c` | | | | |\n| `b` | | `d/e.h` | | |\n| `d` | | `a/` | | |\n");
    QCOMPARE(find_cycles(table), Violations{"a -> b -> d -> a"});
}

void HouseTest::folders_have_a_readme() {
    for (const char* folder : top_folders)
        QVERIFY2(fs::exists(source_dir / folder / "README.md"), folder);
}

void HouseTest::broken_includes_are_found_data() {
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("header");
    QTest::addColumn<bool>("allowed");
    const auto row = [](const char* path, const char* header, bool allowed) {
        QTest::newRow(qPrintable(QString("%1 -> %2").arg(path, header))) << QString(path) << QString(header) << allowed;
    };
    row("engine/base/a.cpp", "engine/base/error.h", true);
    row("engine/base/a.cpp", "sys/mount.h", true);
    row("engine/base/a.cpp", "engine/image/image.h", false);
    row("engine/base/a.cpp", "QString", false);
    row("engine/image/a.cpp", "archive.h", true);
    row("engine/image/a.cpp", "engine/rootfs/snapshotter.h", false);
    row("engine/runtime/a.cpp", "virt/virt.h", false);
    row("engine/launcher/a.cpp", "engine/image/image_store.h", false);
    row("engine/launcher/a.cpp", "curl/curl.h", false);
    row("engine/launcher/setup/a.cpp", "engine/launcher/launch/launch.h", false);
    row("engine/launcher/oci/a.cpp", "engine/launcher/setup/mounts.h", true);
    row("engine/launcher/oci/a.cpp", "engine/supervisor/supervise.h", false);
    row("engine/containers/a.cpp", "engine/engine.h", false);
    row("engine/containers/a.cpp", "engine/launcher/oci/run.h", false);
    row("virt/a.cpp", "libvirt/libvirt.h", true);
    row("virt/a.cpp", "virt/guest_init/protocol.h", true);
    row("virt/a.cpp", "engine/image/image.h", false);
    row("virt/guest_init/a.cpp", "engine/base/probe.h", true);
    row("virt/guest_init/a.cpp", "engine/base/error.h", false);
    row("virt/guest_init/a.cpp", "virt/virt.h", false);
    row("virt/guest_init/a.cpp", "fmt/format.h", false);
    row("compare/history/a.cpp", "SQLiteCpp/SQLiteCpp.h", true);
    row("compare/run/a.cpp", "SQLiteCpp/SQLiteCpp.h", false);
    row("compare/model/a.cpp", "compare/run/runner.h", false);
    row("compare/statistics/distributions.cpp", "boost/math/distributions/normal.hpp", true);
    row("compare/statistics/distributions.h", "boost/math/distributions/normal.hpp", false);
    row("compare/statistics/distributions.cpp", "boost/asio.hpp", false);
    row("compare/run/a.cpp", "boost/math/distributions/normal.hpp", false);
    row("compare/a.cpp", "engine/engine.h", false);
    row("compare/a.cpp", "compare/adapters/session.h", false);
    row("compare/adapters/a.cpp", "virt/virt.h", true);
    row("compare/adapters/a.cpp", "virt/machine/domain_xml.h", false);
    row("cli/a.cpp", "compare/adapters/session.h", true);
    row("cli/a.cpp", "engine/runtime/state.h", false);
    row("cli/a.cpp", "libvirt/libvirt.h", false);
    row("cli/a.cpp", "QCoreApplication", false);
    row("cli/a.cpp", "CLI/CLI.hpp", false);
    row("cli/command_parser.cpp", "CLI/CLI.hpp", true);
    row("cli/command_parser.h", "CLI/CLI.hpp", false);
    row("tests/cli/a.cpp", "CLI/CLI.hpp", false);
    row("gui/pages/a.cpp", "QWidget", true);
    row("gui/pages/a.cpp", "gui/theme.h", true);
    row("gui/pages/a.cpp", "cli/table.h", false);
    row("gui/pages/a.cpp", "sqlite3.h", false);
    row("resources/bench/a.cpp", "engine/base/error.h", false);
    row("tests/compare/a.cpp", "compare/statistics/statistics.h", true);
    row("tests/compare/a.cpp", "../../compare/statistics.h", false);
    row("elsewhere/a.cpp", "cstdio", false);
}

void HouseTest::broken_includes_are_found() {
    QFETCH(QString, path);
    QFETCH(QString, header);
    QFETCH(bool, allowed);
    for (const char* form : {"#include \"%1\"\n", "#  include <%1>\n"}) {
        const std::string text = spdx + QString(form).arg(header).toStdString();
        const Violations found = check_source(path.toStdString(), text);
        QVERIFY2(found.empty() == allowed, join(found).constData());
    }
}

void HouseTest::broken_links_are_found_data() {
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("target");
    QTest::addColumn<bool>("allowed");
    const auto row = [](const char* path, const char* target, bool allowed) {
        QTest::newRow(qPrintable(QString("%1 -> %2").arg(path, target))) << QString(path) << QString(target) << allowed;
    };
    row("engine/base/CMakeLists.txt", "nlohmann_json::nlohmann_json", true);
    row("engine/base/CMakeLists.txt", "isolab::image", false);
    row("engine/image/CMakeLists.txt", "LibArchive::LibArchive", true);
    row("engine/image/CMakeLists.txt", "Qt6::Core", false);
    row("virt/libvirt/CMakeLists.txt", "PkgConfig::LIBVIRT_QEMU", true);
    row("virt/storage/CMakeLists.txt", "PkgConfig::LIBVIRT", false);
    row("virt/CMakeLists.txt", "isolab::engine", false);
    row("virt/guest_init/CMakeLists.txt", "isolab::base", false);
    row("compare/CMakeLists.txt", "isolab::virt", false);
    row("compare/adapters/CMakeLists.txt", "isolab::virt", true);
    row("cli/CMakeLists.txt", "Qt6::Core", false);
    row("gui/CMakeLists.txt", "Qt6::Widgets", true);
    row("gui/CMakeLists.txt", "PkgConfig::LIBVIRT", false);
}

void HouseTest::broken_links_are_found() {
    QFETCH(QString, path);
    QFETCH(QString, target);
    QFETCH(bool, allowed);
    const QString text = "# SPDX-License-Identifier: GPL-3.0-or-later\n# target_link_libraries(a "
                         "Nothing::real)\ntarget_link_libraries(a\n  PUBLIC %1\n  PRIVATE m)\n";
    const Violations found = check_links(path.toStdString(), text.arg(target).toStdString());
    QVERIFY2(found.empty() == allowed, join(found).constData());
    const QString room = "# SPDX-License-Identifier: GPL-3.0-or-later\nisolab_room(a\n  SOURCES b.cpp\n  PUBLIC %1)\n";
    QCOMPARE(check_links(path.toStdString(), room.arg(target).toStdString()).empty(), allowed);
}

void HouseTest::sources_of_neighbours_are_found() {
    const std::string spdx_line = "# SPDX-License-Identifier: GPL-3.0-or-later\n";
    QCOMPARE(check_links("engine/runtime/CMakeLists.txt", spdx_line + "add_library(a STATIC b.cpp ../rootfs/c.cpp)\n")
                 .size(),
             1U);
    QVERIFY(
        check_links("engine/runtime/CMakeLists.txt", spdx_line + "add_library(a STATIC b.cpp sub/c.cpp)\n").empty());
}

void HouseTest::bad_waits_and_macros_are_found() {
    const auto count = [](const std::string& text) { return check_test("tests/a/a_test.cpp", text).size(); };
    QCOMPARE(count("VERIFY_SOON(done);\n"), 0U);
    QCOMPARE(count("QTRY_VERIFY(done);\n"), 1U);
    QCOMPARE(count("QTRY_COMPARE_WITH_TIMEOUT(a, b, 10);\n"), 1U);
    QCOMPARE(count("#define CHECK(output) QVERIFY2((output).code == 0, (output).err.c_str())\n"), 1U);
    QCOMPARE(count("#define CHECK(a, b) \\\n    const auto x = (a); \\\n    QVERIFY2(x == (b), (b).text())\n"), 1U);
    QCOMPARE(count("#define CHECK(output) \\\n    const auto done = (output); \\\n    QVERIFY2(done, done.text())\n"),
             0U);
    QCOMPARE(count("#define TWICE(a) ((a) + (a))\n"), 0U);
}

void HouseTest::bad_form_is_found() {
    QCOMPARE(check_source("cli/a.cpp", spdx).size(), 0U);
    QCOMPARE(check_source("cli/a.cpp", "int a;\n").size(), 1U);
    QCOMPARE(check_source("cli/a.h", spdx).size(), 1U);
    QCOMPARE(check_source("cli/a.h", spdx + "#pragma once\n").size(), 0U);
    QCOMPARE(check_links("cli/CMakeLists.txt", "#SPDX - License - Identifier\n").size(), 1U);
    QCOMPARE(check_source("cli/a.cpp", spdx + "double a = std::strtod(text, nullptr);\n").size(), 1U);
    QCOMPARE(check_source("tests/cli/a.cpp", spdx + "double a = std::stod(text);\n").size(), 0U);
    std::string longest = spdx;
    for (std::size_t i = 1; i < max_lines; ++i)
        longest += "\n";
    QCOMPARE(check_source("cli/a.cpp", longest).size(), 0U);
    QCOMPARE(check_source("cli/a.cpp", longest + "\n").size(), 1U);
}

ISOLAB_TEST(HouseTest)
#include "house_test.moc"
