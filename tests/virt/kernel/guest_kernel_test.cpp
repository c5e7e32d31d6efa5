// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <algorithm>
#include <fstream>
#include <set>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "tests/support/kernels.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "virt/kernel/cpio_archive.h"
#include "virt/kernel/decompress.h"
#include "virt/kernel/guest_kernel.h"
#include "virt/kernel/kernel_image.h"
#include "virt/kernel/kernel_modules.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

/// Against a real distribution kernel and real tools (cpio, xz, zstd, gzip, lz4).
class GuestKernelTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    fs::path path(const char* name) const { return fs::path(scratch_.path().toStdString()) / name; }
    KernelSource source_;

  private slots:
    void initTestCase();
    void extracts_a_pvh_kernel();
    void refuses_damaged_images();
    void orders_modules();
    void collects_what_is_looked_up_later();
    void names_a_missing_module();
    void unpacks_every_format_data();
    void unpacks_every_format();
    void packs_what_cpio_reads();
    void finds_kernels_in_order();
    void takes_a_chosen_kernel();
    void refuses_an_odd_release();
    void tells_where_it_looked();
    void prepares_once();
    void prepares_again_what_was_damaged_data();
    void prepares_again_what_was_damaged();
};

void GuestKernelTest::initTestCase() {
    KernelSearch search;
    search.folders = {test::test_kernels()};
    const auto found = find_kernel(search);
    VERIFY_OK(found);
    source_ = *found;
}

void GuestKernelTest::extracts_a_pvh_kernel() {
    const auto image = read_file(source_.image);
    QVERIFY(image && is_boot_image(*image) && !has_pvh_entry(*image));
    QCOMPARE(boot_image_release(*image), source_.release);
    const auto kernel = extract_kernel(*image, "kernel");
    VERIFY_OK(kernel);
    QVERIFY(kernel->size() > image->size());
    QVERIFY(has_pvh_entry(*kernel));
    QVERIFY(kernel->find("Linux version " + source_.release) != std::string::npos);
}

void GuestKernelTest::refuses_damaged_images() {
    const auto image = read_file(source_.image);
    QVERIFY(image);
    for (const std::string& damaged : {std::string(), std::string("MZ"), image->substr(0, 0x230),
                                       image->substr(0, image->size() / 2), std::string(image->size(), 'x')}) {
        const auto kernel = extract_kernel(damaged, "kernel");
        QVERIFY(!kernel);
        QCOMPARE(kernel.error().kind, ErrorKind::corrupt);
        QVERIFY(!has_pvh_entry(damaged));
    }
    const auto kernel = extract_kernel(*image, "kernel");
    for (const std::size_t size : {1U, 64U, 100U, 500U})
        QVERIFY(!has_pvh_entry(kernel->substr(0, size)));
}

void GuestKernelTest::orders_modules() {
    const auto modules = collect_modules(source_.modules, guest_drivers());
    VERIFY_OK(modules);
    std::vector<std::string> names;
    for (const KernelModule& module : *modules) {
        QVERIFY(module.content.starts_with("\x7f"
                                           "ELF"));
        names.push_back(module.name);
    }
    // Each has a file or is built in, which distributions decide differently.
    const std::string built_in = *read_file(source_.modules / "modules.builtin");
    for (const std::string& driver : guest_drivers()) {
        QString pattern = QString::fromStdString("/" + driver + "\\.ko");
        pattern.replace("_", "[-_]");
        const bool needs_none = QString::fromStdString(built_in).contains(QRegularExpression(pattern));
        QVERIFY2(std::ranges::count(names, driver) == (needs_none ? 0 : 1), driver.c_str());
    }
    const auto comes_before = [&](const char* first, const char* second) {
        const auto one = std::ranges::find(names, first);
        const auto other = std::ranges::find(names, second);
        return one == names.end() || other == names.end() || one < other;
    };
    QVERIFY(comes_before("virtio", "virtio_ring") || comes_before("virtio_ring", "virtio_pci"));
    QVERIFY(comes_before("virtio_ring", "virtio_blk"));
    QVERIFY(comes_before("virtio_pci_modern_dev", "virtio_pci"));
    QCOMPARE(std::set<std::string>(names.begin(), names.end()).size(), names.size());
}

/// As in Debian's linux-image-amd64, where ext4 is a module and finds its checksum by the name of the algorithm.
void GuestKernelTest::collects_what_is_looked_up_later() {
    const fs::path folder = path("soft");
    fs::create_directories(folder);
    const auto write = [&](const char* name, std::string_view content) { std::ofstream(folder / name) << content; };
    using namespace std::string_view_literals;
    write("ext4.ko", "ELF\0softdep=pre: crypto-crc32c post: later\0softdep=pre: gone\0depends=mbcache\0"sv);
    write("mbcache.ko", "ELF\0depends=\0"sv);
    write("crc32c_generic.ko", "ELF\0depends=\0"sv);
    const auto names = [&]() -> QString {
        const auto modules = collect_modules(folder, {"ext4"});
        if (!modules)
            return QString::fromStdString(modules.error().message());
        QStringList list;
        for (const KernelModule& module : *modules)
            list.append(QString::fromStdString(module.name));
        return list.join(' ');
    };
    write("modules.order", "ext4.ko\nmbcache.ko\ncrc32c_generic.ko\nlater.ko\n");
    QCOMPARE(names(), QString("crc32c_generic mbcache ext4"));
    write("modules.builtin", "crc32c_generic.ko\n");
    QCOMPARE(names(), QString("mbcache ext4"));
    write("modules.order", "ext4.ko\nmbcache.ko\n");
    QCOMPARE(names(), QString("mbcache ext4"));
}

void GuestKernelTest::names_a_missing_module() {
    const auto modules = collect_modules(source_.modules, {"no_such_driver"});
    QVERIFY(!modules);
    QCOMPARE(modules.error().kind, ErrorKind::not_found);
    QVERIFY(modules.error().message().find("no_such_driver") != std::string::npos);
}

void GuestKernelTest::unpacks_every_format_data() {
    QTest::addColumn<QString>("tool");
    for (const char* tool : {"cat", "gzip -c", "xz -c", "zstd -qc", "lz4 -qc", "lz4 -lqc"})
        QTest::newRow(tool) << tool;
}

void GuestKernelTest::unpacks_every_format() {
    QFETCH(QString, tool);
    std::string content;
    for (int i = 0; i < 50'000; ++i)
        content += std::to_string(i * 7919) + "\n";
    QVERIFY(write_file_atomically(path("plain"), content));
    const auto packed = run_checked({"sh", "-c", tool.toStdString() + " <" + path("plain").string()});
    VERIFY_OK(packed);
    const auto unpacked = decompress(*packed, "test", 1U << 20U);
    VERIFY_OK(unpacked);
    QVERIFY(*unpacked == content);
    QVERIFY(!decompress(*packed, "test", 1000));
    if (tool != "cat")
        QVERIFY(!decompress(packed->substr(0, packed->size() / 2), "test", 1U << 20U));
}

void GuestKernelTest::packs_what_cpio_reads() {
    CpioArchive archive;
    archive.directory("folder");
    archive.file("folder/odd", "12345", 0755);
    archive.file("folder/empty", "");
    archive.character_device("folder/device", 5, 1);
    QVERIFY(write_file_atomically(path("a.cpio"), archive.finish()));
    const auto listed = run_checked({"sh", "-c", "busybox cpio -tv <" + path("a.cpio").string()});
    VERIFY_OK(listed);
    const QString text = QString::fromStdString(*listed);
    QVERIFY2(text.contains("-rwxr-xr-x") && text.contains("folder/odd") && text.contains("crw-------"),
             listed->c_str());
    const auto content =
        run_checked({"sh", "-c", "busybox cpio -i --to-stdout folder/odd <" + path("a.cpio").string()});
    QVERIFY(content);
    QCOMPARE(*content, std::string("12345"));
}

void GuestKernelTest::finds_kernels_in_order() {
    const auto fake = [&](const fs::path& image, const fs::path& modules) {
        fs::create_directories(image.parent_path());
        fs::create_directories(modules);
        std::ofstream(image) << "x";
        std::ofstream(modules / "modules.order") << "";
    };
    fake(path("a/6.1.9/vmlinuz"), path("a/6.1.9/modules"));
    fake(path("a/6.1.10/boot/vmlinuz-6.1.10"), path("a/6.1.10/usr/lib/modules/6.1.10"));
    fake(path("boot/vmlinuz-5.0"), path("modules/5.0"));
    KernelSearch search{{}, {path("missing"), path("a")}, path("boot"), path("modules")};
    QCOMPARE(find_kernel(search)->release, std::string("6.1.10"));
    fs::remove_all(path("a/6.1.10/usr"));
    QCOMPARE(find_kernel(search)->release, std::string("6.1.9"));
    search.folders.clear();
    QCOMPARE(find_kernel(search)->image, path("boot/vmlinuz-5.0"));
    search.chosen = path("a/6.1.9/vmlinuz");
    QCOMPARE(find_kernel(search)->modules, path("a/6.1.9/modules"));
}

/// Given by a relative path; an ELF file tells no release, its folder does.
void GuestKernelTest::takes_a_chosen_kernel() {
    const fs::path image = path("own/6.9-own/vmlinux");
    fs::create_directories(image.parent_path());
    fs::create_directories(path("own-modules/6.9-own"));
    std::ofstream(image) << "\x7f"
                            "ELF";
    std::ofstream(path("own-modules/6.9-own/modules.order")) << "";
    const auto kernel = find_kernel({fs::relative(image), {}, {}, path("own-modules")});
    VERIFY_OK(kernel);
    QCOMPARE(kernel->image, image);
    QCOMPARE(kernel->release, std::string("6.9-own"));
    QCOMPARE(kernel->modules, path("own-modules/6.9-own"));
}

void GuestKernelTest::refuses_an_odd_release() {
    const fs::path image = path("odd/vmlinuz");
    fs::create_directories(image.parent_path() / "modules");
    std::ofstream(image.parent_path() / "modules" / "modules.order") << "";
    const auto named = [&](const std::string& release) {
        std::string content(0x400, '\0');
        content.replace(0x202, 4, "HdrS");
        content[0x20f] = 1; // the text is at 0x100 + 0x200
        content.replace(0x300, release.size(), release);
        std::ofstream(image, std::ios::binary) << content;
        return find_kernel({image, {}, {}, {}});
    };
    QCOMPARE(named("6.1.0-1~bpo+1-amd64 (who) #1")->release, std::string("6.1.0-1~bpo+1-amd64"));
    for (const char* release : {"../../x", "6.1/../..", "6.1\n", "6.1\xff"}) {
        const auto kernel = named(release);
        QVERIFY(!kernel);
        QCOMPARE(kernel.error().kind, ErrorKind::corrupt);
    }
}

void GuestKernelTest::tells_where_it_looked() {
    const auto none = find_kernel({{}, {path("nowhere")}, path("no-boot"), path("no-modules")});
    QVERIFY(!none);
    QCOMPARE(none.error().kind, ErrorKind::unavailable);
    QVERIFY(none.error().message().find(path("nowhere").string()) != std::string::npos);
    const auto chosen = find_kernel({path("not-there"), {}, {}, {}});
    QVERIFY(!chosen);
    QVERIFY(chosen.error().message().find("not-there") != std::string::npos);
}

void GuestKernelTest::prepares_once() {
    const fs::path init = program_file("isolab-guest-init");
    const auto first = prepare_kernel(source_, init, path("cache"));
    VERIFY_OK(first);
    QVERIFY(first->pvh && first->release == source_.release);
    const auto made = fs::last_write_time(first->initramfs);
    const auto second = prepare_kernel(source_, init, path("cache"));
    QVERIFY(second && second->image == first->image && second->initramfs == first->initramfs);
    QVERIFY(fs::last_write_time(second->initramfs) == made);
    const auto listed = run_checked({"sh", "-c", "busybox cpio -t <" + first->initramfs.string()});
    QVERIFY(listed);
    QCOMPARE(listed->find("modules/00.ko") == std::string::npos,
             collect_modules(source_.modules, guest_drivers())->empty());
    // Another init makes another archive.
    fs::copy_file(init, path("other-init"));
    const auto other = prepare_kernel(source_, path("other-init"), path("cache"));
    QVERIFY(other && other->initramfs != first->initramfs);
}

void GuestKernelTest::prepares_again_what_was_damaged_data() {
    QTest::addColumn<QString>("command");
    QTest::newRow("emptied") << ": > F";
    QTest::newRow("halved") << "truncate -s $(($(stat -c %s F) / 2)) F";
    QTest::newRow("zeroed") << "s=$(stat -c %s F); : > F; truncate -s $s F";
    QTest::newRow("a part lost")
        << "s=$(stat -c %s F); dd if=/dev/zero of=F conv=notrunc bs=$((s / 10)) seek=5 count=1";
    QTest::newRow("a folder") << "rm F; mkdir F";
    QTest::newRow("of an earlier version") << "rm F.stamp";
}

void GuestKernelTest::prepares_again_what_was_damaged() {
    QFETCH(QString, command);
    const fs::path cache = path("damaged-cache");
    const auto prepare = [&] { return prepare_kernel(source_, program_file("isolab-guest-init"), cache); };
    const auto first = prepare();
    VERIFY_OK(first);
    for (const fs::path& file : {first->image, first->initramfs}) {
        const std::string content = *read_file(file, 1U << 30U);
        const std::string damage = QString(command).replace("F", QString::fromStdString(file.string())).toStdString();
        QVERIFY(run_checked({"sh", "-ec", damage}));
        const auto again = prepare();
        if (fs::is_directory(file)) { // nobody's cache: named, and not removed
            QVERIFY(!again && again.error().message().find(file.string()) != std::string::npos);
            fs::remove(file);
            VERIFY_OK(prepare());
            continue;
        }
        VERIFY_OK(again);
        QVERIFY(again->image == first->image && again->initramfs == first->initramfs && again->pvh);
        QVERIFY(*read_file(file, 1U << 30U) == content);
    }
}

ISOLAB_TEST(GuestKernelTest)
#include "guest_kernel_test.moc"
