// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/libvirt/libvirt_library.h"

#include <cstdlib>
#include <mutex>
#include <thread>

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

namespace isolab {
namespace {

void ignore_error(void*, virErrorPtr) {}

} // namespace

void start_libvirt(const std::filesystem::path& log) {
    static std::once_flag once;
    std::call_once(once, [&] {
        const std::string outputs = "3:file:" + log.string();
        ::setenv("LIBVIRT_LOG_OUTPUTS", outputs.c_str(), 0); // NOLINT(concurrency-mt-unsafe)
        virSetErrorFunc(nullptr, ignore_error);
        virInitialize();
        virEventRegisterDefaultImpl();
        std::thread([] {
            while (virEventRunDefaultImpl() == 0) {
            }
        }).detach();
    });
}

} // namespace isolab
