// SPDX-License-Identifier: GPL-3.0-or-later
#include <set>

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "engine/base/data_folder.h"
#include "tests/support/own_namespaces.h"
#include "tests/support/test_main.h"

using namespace isolab;

class DataFolderTest : public QObject {
    Q_OBJECT
  private slots:
    void every_place_is_its_own_and_below_the_folder() {
        const DataFolder data("/data");
        const std::vector<std::filesystem::path> places{
            data.images(),    data.layers(),  data.volumes(),   data.network(),         data.containers(),
            data.instances(), data.kernels(), data.disks(),     data.machine_images(),  data.machines(),
            data.libvirt(),   data.cache(),   data.temporary(), data.user_namespaces(), data.history_file()};
        std::set<std::filesystem::path> different;
        for (const auto& place : places) {
            QCOMPARE(place.parent_path().string(), std::string("/data"));
            different.insert(place);
        }
        QCOMPARE(different.size(), places.size());
        QCOMPARE(data.seccomp_cache().parent_path().string(), data.cache().string());
        QCOMPARE(data.libvirt_cache().parent_path().string(), data.cache().string());
    }
    void others_pass_through_the_system_s_alone() {
        const int code = test::in_own_namespaces(CLONE_NEWNS, [] {
            const auto mode = [](const char* path) {
                struct stat status {};
                return ::stat(path, &status) == 0 ? status.st_mode & 0777U : 0U;
            };
            ::umask(0);
            if (::mount("tmpfs", "/var/lib", "tmpfs", 0, "mode=0755") != 0)
                return test::no_namespaces;
            if (!open_data_folder("/var/lib/isolab/") || mode("/var/lib/isolab") != 0711)
                return 1;
            if (!open_data_folder("/var/lib/a/b/") || mode("/var/lib/a/b") != 0700)
                return 2;
            if (::mkdir("/var/lib/isolab/cache", 0777) != 0 || ::mkdir("/var/lib/isolab/kernels", 0755) != 0 ||
                !open_data_folder("/var/lib/isolab") || mode("/var/lib/isolab/cache") != 0700 ||
                mode("/var/lib/isolab/kernels") != 0755 || mode("/var/lib/isolab") != 0711)
                return 3;
            return 0;
        });
        if (code == test::no_namespaces)
            QSKIP("this user may not mount in a user namespace");
        QCOMPARE(code, 0);
    }
};

ISOLAB_TEST(DataFolderTest)
#include "data_folder_test.moc"
