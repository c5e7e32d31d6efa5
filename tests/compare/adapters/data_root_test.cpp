// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/adapters/session.h"

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
        QCOMPARE(default_data_root(), std::filesystem::path("/somewhere"));
    }
    void relative_variable_is_made_absolute() {
        qputenv("ISOLAB_ROOT", "here");
        QVERIFY(default_data_root().is_absolute());
    }
    void root_uses_the_system_folder_others_their_own() {
        const std::filesystem::path expected =
            ::geteuid() == 0 ? "/var/lib/isolab" : "/home/someone/.local/share/isolab";
        QCOMPARE(default_data_root(), expected);
        qputenv("XDG_DATA_HOME", "/data");
        QCOMPARE(default_data_root(), ::geteuid() == 0 ? expected : std::filesystem::path("/data/isolab"));
    }
};

QTEST_APPLESS_MAIN(DataRootTest)
#include "data_root_test.moc"
