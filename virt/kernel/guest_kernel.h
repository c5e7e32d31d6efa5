// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/error.h"

namespace isolab {

/// A kernel on this machine that guests can be started with.
struct KernelSource {
    std::string release;           ///< "6.1.0-56-cloud-amd64"
    std::filesystem::path image;   ///< bzImage or vmlinux
    std::filesystem::path modules; ///< folder with modules.order
};

/// A kernel prepared for starting.
struct GuestKernel {
    std::string release;
    std::filesystem::path image; ///< vmlinux with a PVH entry where there is one, else the boot image
    bool pvh = false;
    std::filesystem::path boot_image;        ///< as it is shipped, when that is a compressed boot image; else empty
    std::filesystem::path initramfs;         ///< our init and the modules it loads
    std::filesystem::path network_initramfs; ///< the same with the driver of a network card; empty: there is none
};

/// Where kernels are looked for, in this order: `chosen` alone when it is given (its modules are beside it in
/// "modules", or in /lib/modules/RELEASE), then each `folders`/RELEASE/ newest release first, then the host's own
/// /boot. A RELEASE folder holds either {vmlinuz, modules/} or an unpacked kernel package
/// ({boot/vmlinuz-RELEASE, lib/modules/RELEASE/}, the latter also below usr/).
struct KernelSearch {
    std::optional<std::filesystem::path> chosen;
    std::vector<std::filesystem::path> folders;
    std::filesystem::path boot = "/boot";
    std::filesystem::path modules = "/lib/modules";
};

/// The first kernel that can be read and has its modules. not_found names the places that were searched and what to do.
Result<KernelSource> find_kernel(const KernelSearch& search);

/// Unpacks the kernel and packs the initial file system into `cache` unless that was done before for the same
/// files, and they are as they were written (write_stamped_file()). Safe between processes: files appear in one step.
Result<GuestKernel> prepare_kernel(const KernelSource& source, const std::filesystem::path& guest_init,
                                   const std::filesystem::path& cache);

} // namespace isolab
