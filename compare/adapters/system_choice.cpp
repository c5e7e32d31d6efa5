// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/adapters/system_choice.h"

#include <algorithm>
#include <vector>

namespace isolab {
namespace {

bool boots(const MachineImage& image, const std::optional<DiskFirmware>& firmware) {
    if (!firmware)
        return image.firmware.bios || image.firmware.uefi;
    return *firmware == DiskFirmware::uefi ? image.firmware.uefi : image.firmware.bios;
}

std::string how(const std::optional<DiskFirmware>& firmware) {
    return !firmware ? "" : *firmware == DiskFirmware::uefi ? " by UEFI" : " by a BIOS";
}

} // namespace

Result<MachineImageHold> find_system(const DataFolder& data, const SystemChoice& choice) {
    ISOLAB_ASSIGN(const MachineImageStore store, MachineImageStore::open(data.machine_images()));
    if (choice.image)
        return store.hold(*choice.image);
    ISOLAB_ASSIGN(std::vector<MachineImage> images, store.list());
    std::erase_if(images, [&](const MachineImage& image) { return !boots(image, choice.firmware); });
    if (images.empty())
        return fail(ErrorKind::unavailable, "start a whole machine", {},
                    "there is no machine image that boots" + how(choice.firmware),
                    "Build one: isolab vm image build debian");
    return store.hold(std::ranges::max_element(images, {}, &MachineImage::created)->name);
}

} // namespace isolab
