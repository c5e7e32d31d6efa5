// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/progress.h"
#include "engine/base/stop.h"
#include "virt/machine_image/machine_image_store.h"
#include "virt/storage/disk_format.h"

namespace isolab {

/// Recognises a disk by the first bytes of its file, 104 of a qcow2's header at least. Whatever is no other known
/// format is raw. unsupported: another hypervisor's format, an installation medium, or a qcow2 that needs more than
/// itself: a backing file, a data file, a password. corrupt: a qcow2 that says so of itself. Pure; `subject` names it.
Result<DiskFormat> recognise_disk(std::string_view beginning, const std::string& subject);

/// Copies a disk with an installed system into the store, as qcow2 of its own: `file` is never written and may go
/// afterwards. It is examined by its header, by `qemu-img check` and by its partition table. The name is the file's
/// without its ending when `name` is empty.
///
/// already_exists; not_found; unsupported and corrupt as recognise_disk(), and for what is truncated or has no
/// partitions; unavailable while a machine writes it, or without qemu-img. When stopped, nothing is left behind.
Result<MachineImage> import_machine_image(const MachineImageStore& store, const std::filesystem::path& file,
                                          const std::string& name, ProgressSink& progress, const StopToken& stop);

/// Copies a disk into a new qcow2 file that needs no other; reports the percentage as "convert-disk".
Result<void> convert_to_qcow2(const std::filesystem::path& from, DiskFormat format, const std::filesystem::path& to,
                              ProgressSink& progress, const StopToken& stop);

} // namespace isolab
