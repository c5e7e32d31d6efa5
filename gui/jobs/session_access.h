// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compare/adapters/session.h"

namespace isolab {

/// What open() found.
struct Catalogue {
    std::vector<Workload> workloads;
    std::set<std::string> missing_images; ///< of the workloads, by name: they have to be imported first
    std::optional<Error> unknown;         ///< why the wanted workload is not among them
};

/// A session as the window's host sees it. Implemented over a Session in the program and by hand in tests.
///
/// All methods block and are called from worker threads: open(), status(), worlds() and close() from the one that
/// measures, one at a time; check() at any time from another.
class SessionAccess {
  public:
    virtual ~SessionAccess() = default;

    /// Opens folders and images; the workloads that can be chosen, `wanted` (an id or an image; may be empty) among
    /// them when there is such a one.
    virtual Result<Catalogue> open(const std::string& wanted, ProgressSink& progress, const StopToken& stop) = 0;
    /// How this machine runs both worlds; may take seconds.
    virtual Result<SessionStatus> status(const StopToken& stop) = 0;
    /// Which worlds a workload can be run in here; empty before open().
    virtual std::vector<WorldStatus> worlds(const StopToken& stop) = 0;
    virtual std::vector<Prerequisite> check() = 0;
    /// Gives everything back; no other call follows.
    virtual void close() = 0;
};

} // namespace isolab
