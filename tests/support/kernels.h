// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdlib>
#include <filesystem>

namespace isolab::test {

/// Folder of guest kernels for tests: $ISOLAB_TEST_KERNELS, which `./dev test` sets, else /var/lib/isolab/kernels.
/// It may be missing where the host's own kernel is used.
inline std::filesystem::path test_kernels() {
    const char* folder = std::getenv("ISOLAB_TEST_KERNELS"); // NOLINT(concurrency-mt-unsafe): never set by us
    return folder != nullptr ? folder : "/var/lib/isolab/kernels";
}

} // namespace isolab::test
