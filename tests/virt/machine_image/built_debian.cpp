// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/virt/machine_image/built_debian.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "engine/base/file_lock.h"
#include "engine/base/file_tree.h"
#include "engine/base/short_hash.h"
#include "tests/support/places.h"
#include "virt/machine_image/debian_image.h"

namespace isolab::test {
namespace {

namespace fs = std::filesystem;

/// What decides how a built image looks.
constexpr std::array builder_sources{"boot_disk",   "debian_image",    "grub_boot",
                                     "guest_files", "partition_table", "root_archive"};
constexpr std::size_t kept_images = 3; ///< of several states of the sources

std::string image_name() {
    std::string sources;
    for (const char* source : builder_sources)
        sources += read_file(source_file("virt/machine_image/" + std::string(source) + ".cpp")).value();
    return "debian-" + short_hash(sources);
}

} // namespace

fs::path test_disks() {
    const char* folder = std::getenv("ISOLAB_TEST_DISKS"); // NOLINT(concurrency-mt-unsafe): never set by us
    return folder != nullptr ? folder : "/var/lib/isolab/cache/test-disks";
}

fs::path test_machine_images() { return test_disks() / "machine-images"; }

Result<MachineImageHold> built_debian() {
    const std::string name = image_name();
    ISOLAB_TRY(make_private_directory(test_disks()));
    ISOLAB_ASSIGN(const UniqueFd lock,
                  lock_file(test_disks() / "lock", LockKind::exclusive, LockPatience{std::chrono::minutes(10), {}}));
    ISOLAB_ASSIGN(const MachineImageStore store, MachineImageStore::open(test_machine_images()));
    if (auto held = store.hold(name))
        return held;
    ISOLAB_ASSIGN(std::vector<MachineImage> old, store.list());
    std::ranges::sort(old, {}, &MachineImage::created);
    for (std::size_t i = 0; i + kept_images <= old.size(); ++i)
        ISOLAB_TRY(store.remove(old[i].name));
    NoProgress progress;
    DebianRequest request;
    request.name = name;
    ISOLAB_TRY(build_debian_image(store, request, progress, {}));
    return store.hold(name);
}

} // namespace isolab::test
