// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/adapters/session.h"
#include "tests/support/test_main.h"

#include <unistd.h>

#include <QtTest>

using namespace isolab;

class DataRootTest : public QObject {
    Q_OBJECT
  private slots:
    void init() {
        qunsetenv("ISOLAB_ROOT");
        qputenv("HOME", "/home/someone");
        qunsetenv("XDG_DATA_HOME");
    }
    void variable_overrules_everything() {
        qputenv("ISOLAB_ROOT", "/somewhere");
        QCOMPARE(*default_data_root(), std::filesystem::path("/somewhere"));
    }
    void relative_variable_is_made_absolute() {
        qputenv("ISOLAB_ROOT", "here");
        QVERIFY(default_data_root()->is_absolute());
    }
    void root_uses_the_system_folder_others_their_own() {
        const std::filesystem::path expected =
            ::geteuid() == 0 ? "/var/lib/isolab" : "/home/someone/.local/share/isolab";
        QCOMPARE(*default_data_root(), expected);
        qputenv("XDG_DATA_HOME", "/data");
        QCOMPARE(*default_data_root(), ::geteuid() == 0 ? expected : std::filesystem::path("/data/isolab"));
    }
    void without_a_home_the_user_is_asked() {
        if (::geteuid() == 0)
            QSKIP("root has a folder of the system");
        qunsetenv("HOME");
        const auto root = default_data_root();
        QVERIFY(!root);
        QVERIFY2(root.error().message().find("--root") != std::string::npos, root.error().message().c_str());
        QVERIFY(!Session::check({}).front().remedy.empty());
    }
    void options_overrule_the_default() { QCOMPARE(*data_root({.root = "/mine"}), std::filesystem::path("/mine")); }
};

ISOLAB_TEST(DataRootTest)
#include "data_root_test.moc"
