// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <thread>

#include "engine/base/stop.h"

namespace isolab {

/// While one of these lives, orphans among this process's descendants become its children (prctl(2),
/// PR_SET_CHILD_SUBREAPER) instead of those of process 1. libvirt's embedded driver detaches QEMU; adopted, QEMU can be
/// waited for with its exact CPU time, and does not linger as a zombie until process 1 finds the time.
///
/// While it lives, the process named by `pid_file` is also reaped if it ends: libvirt waits until it has vanished when
/// QEMU fails at its start. May be nested and used from several threads; the process's former setting returns with
/// the last.
class AdoptOrphans {
  public:
    explicit AdoptOrphans(std::filesystem::path pid_file);
    AdoptOrphans(const AdoptOrphans&) = delete;
    AdoptOrphans& operator=(const AdoptOrphans&) = delete;
    ~AdoptOrphans();

  private:
    StopSource done_;
    std::thread reaper_;
};

} // namespace isolab
