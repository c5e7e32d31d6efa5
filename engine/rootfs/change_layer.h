// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "engine/image/layer_archive.h"
#include "engine/rootfs/tree_changes.h"

namespace isolab {

/// Writes the difference from `before` to `after` as a layer: changed and added files whole, with owners, modes, times
/// and attributes as the view shows them, names of one file as hard links, holes as holes, whiteouts for deleted ones,
/// an opaque mark for a directory that replaced another. Sockets are left out. Always in the same order, so that the
/// same files give the same layer. The number of entries written. unsupported: names that a layer cannot hold (".wh."
/// in front, too long, too deep). A file that changes while it is read is unavailable; pause the container.
Result<std::uint64_t> write_change_layer(LayerArchive& layer, const TreeView& before, const TreeView& after,
                                         const ReadWatch& watch);

} // namespace isolab
