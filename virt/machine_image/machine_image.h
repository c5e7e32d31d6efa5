// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/json_fwd.h"

namespace isolab {

enum class ImageOrigin : std::uint8_t { built, imported };

/// What starts a workload inside: what a machine that is made of the image may count on.
enum class GuestAgent : std::uint8_t {
    unknown,   ///< nobody looked; cloud-init would start it, where the image has that
    seed_unit, ///< a systemd unit that starts the program of the seed disk (seed_disk.h)
};

/// What can start a disk.
struct BootFirmware {
    bool bios = false;
    bool uefi = false;

    bool operator==(const BootFirmware&) const = default;
};

/// An installed system as a disk, with boot loader and kernel of its own: what machines are made of. A value.
struct MachineImage {
    std::string name;
    std::string distribution; ///< "Debian GNU/Linux 12 (bookworm)"; empty when unknown
    ImageOrigin origin = ImageOrigin::imported;
    BootFirmware firmware;
    std::string kernel; ///< release; empty when unknown
    GuestAgent agent = GuestAgent::unknown;
    std::uint64_t disk_size = 0; ///< bytes that a machine sees
    std::uint64_t file_size = 0; ///< bytes of the file
    std::string created;         ///< RFC 3339
    std::string sha256;          ///< of the file, 64 hexadecimal digits
    std::filesystem::path disk;  ///< qcow2 without a backing file; where it lies, which the description does not say
};

/// Stable words: "built", "imported"; "unknown", "seed-unit".
const char* origin_id(ImageOrigin origin) noexcept;
const char* agent_id(GuestAgent agent) noexcept;
/// "bios", "uefi", both or none, in this order.
std::vector<std::string> firmware_ids(const BootFirmware& firmware);

/// invalid_argument unless it is a letter or digit followed by at most 63 of [a-zA-Z0-9_.-].
Result<void> check_machine_image_name(const std::string& name);

/// The description that lies beside the disk, "isolab.machine-image/1", and back. corrupt: `subject` is none, or of
/// another version. Pure.
Json machine_image_json(const MachineImage& image);
Result<MachineImage> parse_machine_image(const Json& document, const std::string& subject);

} // namespace isolab
