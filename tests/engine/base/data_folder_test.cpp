// SPDX-License-Identifier: GPL-3.0-or-later
#include <set>

#include "engine/base/data_folder.h"
#include "tests/support/test_main.h"

using namespace isolab;

class DataFolderTest : public QObject {
    Q_OBJECT
  private slots:
    void every_place_is_its_own_and_below_the_folder() {
        const DataFolder data("/data");
        const std::vector<std::filesystem::path> places{
            data.images(),    data.layers(),    data.volumes(),         data.network(),     data.containers(),
            data.instances(), data.kernels(),   data.disks(),           data.machines(),    data.libvirt(),
            data.cache(),     data.temporary(), data.user_namespaces(), data.history_file()};
        std::set<std::filesystem::path> different;
        for (const auto& place : places) {
            QCOMPARE(place.parent_path().string(), std::string("/data"));
            different.insert(place);
        }
        QCOMPARE(different.size(), places.size());
        QCOMPARE(data.seccomp_cache().parent_path().string(), data.cache().string());
        QCOMPARE(data.libvirt_cache().parent_path().string(), data.cache().string());
    }
};

ISOLAB_TEST(DataFolderTest)
#include "data_folder_test.moc"
