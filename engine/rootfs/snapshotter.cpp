// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/snapshotter.h"

#include "engine/rootfs/copy_snapshotter.h"
#include "engine/rootfs/overlay_probe.h"
#include "engine/rootfs/overlay_snapshotter.h"

namespace isolab {

Result<std::unique_ptr<Snapshotter>> make_snapshotter(const LayerStore& layers,
                                                      const std::optional<std::string>& forced) {
    if (forced && *forced != "overlay" && *forced != "copy")
        return fail(ErrorKind::invalid_argument, "use snapshotter", *forced, "there is none of that name",
                    "Choose overlay or copy");
    if (forced == "copy")
        return std::make_unique<CopySnapshotter>(layers, "asked for");
    const Result<void> usable = overlay_usable(layers.folder());
    if (usable)
        return std::make_unique<OverlaySnapshotter>(layers);
    if (forced)
        return fail(usable.error().within("use snapshotter", "overlay"));
    return std::make_unique<CopySnapshotter>(layers, usable.error().message());
}

} // namespace isolab
