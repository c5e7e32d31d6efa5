// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "engine/base/error.h"

namespace isolab {

/// libvirt starts QEMU several times to learn what it can do (some seconds) and keeps the answer in its root folder.
/// These pass the answer on between the slots of a data folder, by way of ROOT/cache/libvirt. libvirt itself checks
/// whether an answer still fits QEMU and libvirt, and asks QEMU again when it cannot be read.

/// Before the driver is opened: gives a slot what is known already.
Result<void> load_capability_cache(const std::filesystem::path& root, const std::filesystem::path& slot);

/// After QEMU was looked at: keeps what this slot learned.
Result<void> store_capability_cache(const std::filesystem::path& root, const std::filesystem::path& slot);

} // namespace isolab
