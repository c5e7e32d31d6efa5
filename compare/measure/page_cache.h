// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/error.h"

namespace isolab {

/// Writes dirty pages out and drops the clean page cache, directory entries and inodes of the whole host (proc(5),
/// /proc/sys/vm/drop_caches), so that what runs next reads its files from the disk. Disks and hosts below this one keep
/// caches of their own. Takes up to seconds; any thread. permission_denied where this process may not: it takes root on
/// the host.
Result<void> drop_page_cache();

} // namespace isolab
