// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/system_disk_maker.h"

#include <cerrno>

#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/short_hash.h"
#include "virt/machine_image/seed_disk.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t hash_digits = 16;
constexpr std::size_t largest_agent = 16U << 20U;

Result<DiskFirmware> choose_firmware(const MachineImage& image, const SystemNeeds& needs) {
    const DiskFirmware chosen = needs.firmware.value_or(image.firmware.bios ? DiskFirmware::bios : DiskFirmware::uefi);
    const bool uefi = chosen == DiskFirmware::uefi;
    if (uefi ? !image.firmware.uefi : !image.firmware.bios)
        return fail(ErrorKind::unsupported, "start the machine image", image.name,
                    std::string("nothing on it starts by ") + (uefi ? "UEFI" : "a BIOS"),
                    "Choose another firmware or image: isolab vm image ls");
    if (uefi && !needs.has_uefi)
        return fail(ErrorKind::unavailable, "start the machine image", image.name, "no UEFI firmware is installed",
                    "Install ovmf");
    return chosen;
}

/// Its id changes with the agent, so that cloud-init runs its commands anew in whatever was started before.
Result<fs::path> find_seed(const SystemNeeds& needs, const StopToken& stop) {
    ISOLAB_ASSIGN(const std::string program, read_file(needs.agent, largest_agent));
    const std::string id = "isolab-" + short_hash(program, hash_digits);
    const fs::path folder = needs.cache / "seeds";
    fs::path seed = folder / (id + ".vfat");
    if (::access(seed.c_str(), R_OK) == 0)
        return seed;
    ISOLAB_TRY(make_private_directory(folder));
    SeedContent content;
    content.instance_id = id;
    content.agent = needs.agent;
    ISOLAB_TRY(make_seed_disk(seed, content, stop));
    return seed;
}

} // namespace

Result<SystemDisk> make_system_disk(const MachineImage& image, const SystemNeeds& needs, const StopToken& stop) {
    SystemDisk system;
    ISOLAB_ASSIGN(system.firmware, choose_firmware(image, needs));
    ISOLAB_ASSIGN(system.seed, find_seed(needs, stop));
    struct stat status {};
    if (::stat(image.disk.c_str(), &status) != 0)
        return fail_errno(errno, "measure", image.disk.string());
    system.path = image.disk;
    system.logical = image.disk_size;
    system.allocated = static_cast<std::uint64_t>(status.st_blocks) * 512U;
    return system;
}

} // namespace isolab
