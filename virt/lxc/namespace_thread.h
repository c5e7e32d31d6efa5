// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "engine/base/error.h"

namespace isolab {

/// A thread in a mount namespace of its own: what it mounts, and the programs that it starts, are in there, and the
/// rest of this process is not. What is mounted outside later is seen inside, but nothing the other way round.
/// run() may be called from any thread, and by several.
class NamespaceThread {
  public:
    /// permission_denied without CAP_SYS_ADMIN.
    static Result<std::unique_ptr<NamespaceThread>> start();
    NamespaceThread(const NamespaceThread&) = delete;
    NamespaceThread& operator=(const NamespaceThread&) = delete;
    ~NamespaceThread();

    /// Has the thread do it, and waits until it has.
    Result<void> run(std::function<Result<void>()> work);

  private:
    NamespaceThread() = default;
    void serve();

    std::mutex callers_; ///< one at a time
    std::mutex mutex_;   ///< guards what follows
    std::condition_variable changed_;
    std::function<Result<void>()> work_;
    Result<void> result_;
    bool quits_ = false;
    std::thread thread_;
};

} // namespace isolab
