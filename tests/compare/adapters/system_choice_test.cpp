// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/adapters/system_choice.h"

#include "engine/base/file_tree.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;

/// Which machine image a whole machine boots.
class SystemChoiceTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    DataFolder data_{scratch_.path().toStdString()};

    Result<void> add(const std::string& name, BootFirmware firmware) {
        ISOLAB_ASSIGN(const MachineImageStore store, MachineImageStore::open(data_.machine_images()));
        ISOLAB_ASSIGN(const WorkFolder work, store.begin());
        ISOLAB_TRY(write_file_atomically(work.path() / "disk.qcow2", name));
        MachineImage image;
        image.name = name;
        image.firmware = firmware;
        return store.add(image, work.path() / "disk.qcow2", {}).map([](const MachineImage&) {});
    }
    std::string chosen(const SystemChoice& choice) const {
        const auto hold = find_system(data_, choice);
        return hold ? hold->image().name : hold.error().message();
    }

  private slots:
    void takes_what_boots() {
        const auto none = find_system(data_, {});
        QVERIFY(!none);
        QCOMPARE(none.error().kind, ErrorKind::unavailable);
        QCOMPARE(none.error().remedy, std::string("Build one: isolab vm image build debian"));
        VERIFY_OK(add("data", {}));
        QVERIFY(!find_system(data_, {}));
        VERIFY_OK(add("bios", {true, false}));
        QCOMPARE(chosen({}), std::string("bios"));
        const auto uefi = find_system(data_, {{}, DiskFirmware::uefi});
        QVERIFY(!uefi);
        QCOMPARE(uefi.error().cause, std::string("there is no machine image that boots by UEFI"));
        QCOMPARE(chosen({"data", {}}), std::string("data")); // what is named is not looked for
        QCOMPARE(find_system(data_, {"nowhere", {}}).error().kind, ErrorKind::not_found);
    }

    void holds_what_it_took() {
        const auto hold = find_system(data_, {"bios", {}});
        VERIFY_OK(hold);
        const auto store = MachineImageStore::open(data_.machine_images());
        VERIFY_OK(store);
        QCOMPARE(store->remove("bios").error().kind, ErrorKind::unavailable);
    }
};

ISOLAB_TEST(SystemChoiceTest)
#include "system_choice_test.moc"
