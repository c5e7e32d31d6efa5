// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/kernel/guest_kernel.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file_stamp.h"
#include "engine/base/file_tree.h"
#include "engine/base/short_hash.h"
#include "virt/kernel/cpio_archive.h"
#include "virt/kernel/kernel_image.h"
#include "virt/kernel/kernel_modules.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t image_limit = 1U << 30U;

bool readable(const fs::path& path) { return ::access(path.c_str(), R_OK) == 0; }

std::optional<KernelSource> complete(std::string release, const fs::path& image, const fs::path& modules) {
    if (!readable(image) || !readable(modules / "modules.order"))
        return std::nullopt;
    return KernelSource{std::move(release), image, modules};
}

std::optional<KernelSource> look_in_release(const fs::path& folder) {
    const std::string release = folder.filename().string();
    if (auto plain = complete(release, folder / "vmlinuz", folder / "modules"))
        return plain;
    for (const char* prefix : {"lib/modules", "usr/lib/modules"})
        if (auto package = complete(release, folder / "boot" / ("vmlinuz-" + release), folder / prefix / release))
            return package;
    return std::nullopt;
}

/// Entries of a folder whose name starts with `prefix`, the highest version first.
std::vector<fs::path> newest_first(const fs::path& folder, const std::string& prefix) {
    std::vector<fs::path> entries;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
        if (entry.path().filename().string().starts_with(prefix))
            entries.push_back(entry.path());
    std::ranges::sort(entries, [](const fs::path& a, const fs::path& b) {
        return ::strverscmp(a.filename().c_str(), b.filename().c_str()) > 0;
    });
    return entries;
}

/// What an image calls itself becomes part of file names.
bool is_release_name(const std::string& release) {
    constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+~-";
    return release.find_first_not_of(plain) == std::string::npos;
}

Result<KernelSource> look_at_chosen(const KernelSearch& search) {
    std::error_code error;
    const fs::path image = fs::absolute(*search.chosen, error).lexically_normal(); // QEMU runs in another folder
    const auto content = read_file(image, image_limit);
    if (!content)
        return fail(content.error().kind, "use the guest kernel", image.string(), content.error().cause,
                    "Name a readable bzImage or vmlinux, or leave the choice to Isolab");
    std::string release = boot_image_release(*content);
    if (!is_release_name(release))
        return fail(ErrorKind::corrupt, "use the guest kernel", image.string(), "its header names no kernel release");
    if (release.empty())
        release = image.parent_path().filename().string();
    const std::array candidates{image.parent_path() / "modules", search.modules / release};
    for (const fs::path& modules : candidates)
        if (auto kernel = complete(release, image, modules))
            return *kernel;
    return fail(ErrorKind::not_found, "use the kernel", image.string(),
                "its modules are in none of " + candidates[0].string() + ", " + candidates[1].string(),
                "put them beside it into \"modules\"");
}

/// Identity of a file for cache names: changes whenever the file does.
Result<std::string> file_identity(const fs::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return fail_errno(errno, "read", path.string());
    return path.string() + "|" + std::to_string(status.st_ino) + "|" + std::to_string(status.st_size) + "|" +
           std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec);
}

using Drivers = std::vector<std::string>;

Result<std::string> build_initramfs(const KernelSource& source, const fs::path& guest_init, const Drivers& drivers) {
    ISOLAB_ASSIGN(const std::string init, read_file(guest_init));
    ISOLAB_ASSIGN(const auto modules, collect_modules(source.modules, drivers));
    CpioArchive archive;
    for (const char* folder : {"dev", "proc", "sys", "root", "modules"})
        archive.directory(folder);
    archive.character_device("dev/console", 5, 1);
    archive.file("init", init, 0755);
    for (std::size_t i = 0; i < modules.size(); ++i) {
        std::array<char, 32> name{};
        std::snprintf(name.data(), name.size(), "modules/%02zu.ko", i);
        archive.file(name.data(), modules[i].content);
    }
    return archive.finish();
}

/// The file of that content, which is written unless it was before.
Result<fs::path> prepare_initramfs(const KernelSource& source, const fs::path& guest_init, const fs::path& cache,
                                   const Drivers& drivers) {
    ISOLAB_ASSIGN(const std::string modules_identity, file_identity(source.modules / "modules.order"));
    ISOLAB_ASSIGN(const std::string init_identity, file_identity(guest_init));
    std::string contents = modules_identity + init_identity;
    for (const std::string& driver : drivers)
        contents += " " + driver;
    const fs::path file = cache / ("initramfs-" + source.release + "-" + short_hash(contents) + ".cpio");
    if (is_stamped_file_whole(file))
        return file;
    ISOLAB_ASSIGN(const std::string content, build_initramfs(source, guest_init, drivers));
    ISOLAB_TRY(write_stamped_file(file, content));
    return file;
}

/// What guests boot from an image: the image itself when it is an ELF file or holds none with a PVH entry.
Result<void> unpack_kernel(const KernelSource& source, const fs::path& cache, GuestKernel& kernel) {
    ISOLAB_ASSIGN(const std::string identity, file_identity(source.image));
    const fs::path unpacked = cache / ("vmlinux-" + source.release + "-" + short_hash(identity));
    kernel.image = unpacked;
    kernel.pvh = true;
    if (is_stamped_file_whole(unpacked))
        return {};
    ISOLAB_ASSIGN(const std::string image, read_file(source.image, image_limit));
    kernel.image = source.image;
    kernel.pvh = has_pvh_entry(image);
    if (kernel.pvh || !is_boot_image(image))
        return {};
    ISOLAB_ASSIGN(const std::string content, extract_kernel(image, source.image.string()));
    if (!has_pvh_entry(content))
        return {};
    kernel.image = unpacked;
    kernel.pvh = true;
    return write_stamped_file(unpacked, content);
}

} // namespace

Result<KernelSource> find_kernel(const KernelSearch& search) {
    if (search.chosen)
        return look_at_chosen(search);
    std::string looked;
    for (const fs::path& folder : search.folders) {
        looked += folder.string() + ", ";
        for (const fs::path& release : newest_first(folder, ""))
            if (auto kernel = look_in_release(release))
                return *kernel;
    }
    for (const fs::path& image : newest_first(search.boot, "vmlinuz-")) {
        const std::string release = image.filename().string().substr(8);
        if (auto kernel = complete(release, image, search.modules / release))
            return *kernel;
    }
    return fail(ErrorKind::unavailable, "find a kernel for virtual machines", {},
                "there is none in " + looked + search.boot.string() + " that can be read and has its modules",
                "Unpack a kernel package into one of these folders; ./dev does it");
}

Result<GuestKernel> prepare_kernel(const KernelSource& source, const fs::path& guest_init, const fs::path& cache) {
    GuestKernel kernel;
    kernel.release = source.release;
    ISOLAB_TRY(unpack_kernel(source, cache, kernel));
    if (kernel.image != source.image || !kernel.pvh) // it was unpacked, or could not be
        kernel.boot_image = source.image;
    ISOLAB_ASSIGN(kernel.initramfs, prepare_initramfs(source, guest_init, cache, guest_drivers()));
    Drivers drivers = guest_drivers();
    drivers.emplace_back(network_driver);
    if (auto made = prepare_initramfs(source, guest_init, cache, drivers))
        kernel.network_initramfs = std::move(*made);
    else if (made.error().kind != ErrorKind::not_found) // a kernel need not have the driver
        return fail(std::move(made).error());
    return kernel;
}

} // namespace isolab
