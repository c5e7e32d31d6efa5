// SPDX-License-Identifier: GPL-3.0-or-later
//
// Namespaces (namespaces(7)) that exist already and are entered, by descriptor.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"
#include "engine/runtime/runtime_spec.h"

namespace isolab::launcher {

struct NamespaceKind {
    std::string_view type; ///< as in config.json
    const char* file;      ///< below /proc/PID/ns
    int flag;              ///< CLONE_NEW*
    bool NamespaceSet::*member;
};

/// All kinds, in the order in which they are entered: the user namespace first, since it gives the right to enter those
/// it owns; the mount namespace last, since it takes the paths away.
extern const std::array<NamespaceKind, 8> namespace_kinds;

struct OpenedNamespace {
    const NamespaceKind* kind = nullptr;
    std::string path;
    UniqueFd file;
};

/// Opens those that the specification joins, in the order above. A file that is not a namespace of that kind is
/// refused.
Result<std::vector<OpenedNamespace>> open_joined(const RuntimeSpec& spec);

/// Enters one. `pid` and `time` take effect for processes made afterwards only.
Result<void> enter(const OpenedNamespace& one);

/// The namespaces that this process leaves for a while: what is made meanwhile belongs into others, and hooks, helpers
/// and devices of the host into its own.
class NamespaceReturn {
  public:
    /// Remembers those of the kinds `flags` (CLONE_NEW*), which may be none.
    static Result<NamespaceReturn> remember(int flags);

    /// Comes back, also for the processes made from now on. Needs the right that leaving them needed.
    Result<void> go_back() const;

  private:
    std::vector<std::pair<const NamespaceKind*, UniqueFd>> left_;
};

/// The kinds of namespaces, as flags for setns(2), in which a process differs from this one.
Result<int> foreign_namespaces(pid_t pid);

} // namespace isolab::launcher
