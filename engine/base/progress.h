// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace isolab {

/// How far a long job is. `task` is a stable id ("unpack-layer"), `subject` what it works on.
struct Progress {
    std::string task;
    std::string subject;
    std::uint64_t done = 0;
    std::uint64_t total = 0; ///< 0: not known yet
    bool bytes = false;      ///< done and total count bytes, otherwise items
};

/// Receives progress; called from the thread that does the work, so implementations must be quick and
/// must not block. The interface is the caller's to implement.
class ProgressSink {
  public:
    virtual ~ProgressSink() = default;
    virtual void report(const Progress& progress) = 0;
};

/// A sink for callers that do not care; stateless, may be shared between threads.
class NoProgress final : public ProgressSink {
  public:
    void report(const Progress&) override {}
};

} // namespace isolab
