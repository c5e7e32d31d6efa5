// SPDX-License-Identifier: GPL-3.0-or-later
//
// `hooks` of the OCI runtime specification (config.md, "POSIX-platform Hooks"). Values.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isolab {

/// A program that is told the container's state on its standard input.
struct Hook {
    std::string path;                            ///< absolute
    std::vector<std::string> args;               ///< args[0] included; empty: the path alone
    std::vector<std::string> env;                ///< its whole environment
    std::optional<std::chrono::seconds> timeout; ///< at least 1; empty: it may take as long as it likes
};

/// When hooks run, in the order of a container's life.
enum class HookPoint : std::uint8_t {
    prestart,         ///< namespaces are made, the root is not entered; in the runtime's namespaces
    create_runtime,   ///< right after prestart
    create_container, ///< right after create_runtime; in the container's namespaces, with the host's files
    start_container,  ///< before the workload is executed; inside the container
    poststart,        ///< the workload was executed; in the runtime's namespaces
    poststop,         ///< the container was deleted; in the runtime's namespaces
};

/// Names in config.json, by HookPoint.
inline constexpr std::array<std::string_view, 6> hook_point_names{"prestart",       "createRuntime", "createContainer",
                                                                  "startContainer", "poststart",     "poststop"};

/// Hooks by HookPoint, each list in the order in which it runs.
struct Hooks {
    std::array<std::vector<Hook>, hook_point_names.size()> lists;

    const std::vector<Hook>& at(HookPoint point) const { return lists[static_cast<std::size_t>(point)]; }
};

} // namespace isolab
