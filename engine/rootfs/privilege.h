// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace isolab {

/// True when this process may keep owners, device nodes and trusted. attributes of images: effective CAP_SYS_ADMIN,
/// CAP_MKNOD, CAP_CHOWN, CAP_FOWNER and CAP_DAC_OVERRIDE in the initial user namespace (user_namespaces(7)).
/// It decides between the two formats of unpacked layers; see LayerStore::ensure().
bool is_privileged();

/// Name of the attribute that marks a directory as opaque in that format: "trusted.overlay.opaque" or
/// "user.overlay.opaque" (overlayfs.rst of the kernel).
const char* opaque_attribute(bool privileged) noexcept;

} // namespace isolab
