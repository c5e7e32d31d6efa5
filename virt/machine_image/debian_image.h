// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/progress.h"
#include "engine/base/stop.h"
#include "virt/machine_image/machine_image_store.h"

namespace isolab {

/// What is asked of a new image.
struct DebianRequest {
    std::string name; ///< empty: "debian-SUITE"
    std::string suite = "bookworm";
    std::string mirror;                           ///< "http://…", "https://…", "file:/…"; empty: host_mirror()
    std::uint64_t size = std::uint64_t{4} << 30U; ///< bytes of the disk
};

/// The first Debian archive that sources of apt name (sources.list(5), either format), updates of security apart; empty
/// when there is none. Pure.
std::string mirror_in(std::string_view sources);

/// The archive that this machine's apt uses, otherwise http://deb.debian.org/debian.
std::string host_mirror();

/// Builds a Debian as its installer leaves a server, with kernel, GRUB and systemd (guest_files.h), on a disk that a
/// BIOS and UEFI boot, and puts it into the store. Packages come from the mirror, by mmdebstrap(1), which also checks
/// their signatures; nothing else is fetched. As root, or as a user with subordinate ids (subuid(5)). Nobody can log
/// in: the account of root has no password, the agent of a seed disk comes in. Takes about a minute, 2 GiB of disk
/// while it works and some 700 MB afterwards.
///
/// Reports fetch-packages with what mmdebstrap says, unpack-root, make-disk and convert-disk. SOURCE_DATE_EPOCH, when
/// it is set, gives times and ids of file systems. When stopped, what it started is ended and nothing is left.
///
/// already_exists, invalid_argument (name, suite, mirror, size), unavailable (a program or the archive's keys are
/// missing: the remedy names the packages); system with mmdebstrap's cause.
Result<MachineImage> build_debian_image(const MachineImageStore& store, const DebianRequest& request,
                                        ProgressSink& progress, const StopToken& stop);

} // namespace isolab
