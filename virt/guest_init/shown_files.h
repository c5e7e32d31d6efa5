// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace isolab::guest {

/// Keeps hold of a folder outside of the disk, whose files can be shown on the disk later. To be called before
/// switch_to_disk().
void keep_files_in(const char* folder) noexcept;

/// Shows the machine's names in /etc/hosts and /etc/hostname, as a container has them: by mounts over what the image
/// has there, inside its root, also where a link leads nowhere yet. The disk keeps nothing but what had to be made for
/// them. Gives up where that is impossible, as the container's start does.
void show_names(const char* hostname) noexcept;

} // namespace isolab::guest
