// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace isolab {

/// Makes libvirt ready in this process, once: it prints no errors, which are values here, logs into the file `log` of
/// whoever is first, and its event loop runs in a thread that lives as long as the process.
void start_libvirt(const std::filesystem::path& log);

} // namespace isolab
