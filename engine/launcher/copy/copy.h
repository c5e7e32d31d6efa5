// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/launcher/command/events.h"
#include "engine/launcher/command/options.h"

namespace isolab::launcher {

/// Copies files between the host and a container, without running anything of the container's: "in SOURCE DEST" or "out
/// SOURCE DEST" in options.words, see copy_to() and CopyRules. Paths of the host begin at the directory of --host-fd.
///
/// With --pid the container is the one of that process, seen through its root directory; otherwise it is the stopped
/// one of the bundle, whose root and bind mounts are mounted in a mount namespace of this verb's own. Root works with
/// the host's ids and translates them; an ordinary user works as root of the container's user namespace.
Result<void> copy_files(const Options& options, Events& events);

} // namespace isolab::launcher
