// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/lxc/namespace_thread.h"

#include <cerrno>
#include <memory>

#include <sched.h>
#include <sys/mount.h>

namespace isolab {
namespace {

/// unshare(2) of a mount namespace gives a thread a root and a working directory of its own too. Mounts are shared
/// between this namespace and those made from it, so that one that is taken off here goes there as well.
Result<void> enter_own_namespace() {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_SHARED, nullptr) != 0)
        return fail_errno(errno, "make a mount namespace");
    return {};
}

} // namespace

Result<std::unique_ptr<NamespaceThread>> NamespaceThread::start() {
    std::unique_ptr<NamespaceThread> made(new NamespaceThread);
    made->thread_ = std::thread([thread = made.get()] { thread->serve(); });
    ISOLAB_TRY(made->run(enter_own_namespace));
    return made;
}

NamespaceThread::~NamespaceThread() {
    {
        const std::lock_guard lock(mutex_);
        quits_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

Result<void> NamespaceThread::run(std::function<Result<void>()> work) {
    const std::lock_guard alone(callers_);
    std::unique_lock lock(mutex_);
    work_ = std::move(work);
    changed_.notify_all();
    changed_.wait(lock, [this] { return !work_; });
    return std::move(result_);
}

void NamespaceThread::serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return work_ || quits_; });
        if (!work_)
            return;
        result_ = work_();
        work_ = nullptr;
        changed_.notify_all();
    }
}

} // namespace isolab
