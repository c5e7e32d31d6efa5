// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <thread>

#include "engine/base/stop.h"

namespace isolab {

/// While one of these lives, orphans among this process's descendants become its children (prctl(2),
/// PR_SET_CHILD_SUBREAPER) instead of those of process 1. libvirt's embedded driver detaches QEMU; adopted, QEMU can be
/// waited for with its exact CPU time, and does not linger as a zombie until process 1 finds the time.
///
/// While it lives, the processes that `pid_files` names are also reaped when they end: libvirt waits until they have
/// vanished, 15 s at most. May be nested and used from several threads; the process's former setting returns with the
/// last.
class AdoptOrphans {
  public:
    /// A file with the number of a process, and a folder in whose folders `qmp-*` there are such files; either may be
    /// empty.
    struct PidFiles {
        std::filesystem::path file;
        std::filesystem::path folder;
    };
    /// Of a QEMU that fails at its start, and of those that are asked before it when QEMU was exchanged meanwhile.
    /// Unreaped, the machine took 80 s to be created.
    static PidFiles of_domain(const std::filesystem::path& slot, const std::string& name) {
        return {slot / "run" / "qemu" / (name + ".pid"), of_probes(slot).folder};
    }
    /// Of all that are only asked what they can do: src/qemu/qemu_process.c of libvirt, qemuProcessQMPNew().
    static PidFiles of_probes(const std::filesystem::path& slot) { return {{}, slot / "lib" / "qemu"}; }

    explicit AdoptOrphans(PidFiles pid_files);
    AdoptOrphans(const AdoptOrphans&) = delete;
    AdoptOrphans& operator=(const AdoptOrphans&) = delete;
    ~AdoptOrphans();

  private:
    StopSource done_;
    std::thread reaper_;
};

} // namespace isolab
