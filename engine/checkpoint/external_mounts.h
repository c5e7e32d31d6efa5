// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which mounts of a container are of the host: CRIU must not dump them, and needs to be told where they come from.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace isolab {

/// A line of /proc/PID/mountinfo (proc_pid_mountinfo(5)), its octal escapes resolved.
struct MountEntry {
    int id = 0;
    std::string device; ///< "MAJOR:MINOR"
    std::string root;   ///< what of the file system is mounted
    std::string target; ///< as the process sees it
    std::string type;
};

/// Lines that are none are left out.
std::vector<MountEntry> parse_mountinfo(std::string_view text);

struct ExternalMount {
    std::string target; ///< in the container
    std::string source; ///< on the host
};

/// Those below the container's root whose file system is mounted on the host as well, with the host's path of what
/// they show; where the host does not show it any more (a file that was removed), they are left out.
std::vector<ExternalMount> external_mounts(const std::vector<MountEntry>& container,
                                           const std::vector<MountEntry>& host);

} // namespace isolab
