// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "compare/model/backend.h"
#include "compare/model/workload.h"
#include "engine/base/progress.h"
#include "engine/base/stop.h"

namespace isolab {

class History;

/// Where experiments are made: worlds and workloads by name, over one data folder. What adapters implement, so that a
/// whole experiment can be tested with worlds that are made up. Used by one thread at a time.
class Lab {
  public:
    virtual ~Lab() = default;

    /// The world of that id, or of a chain's step such as "native+pid+uts": not_found names it, any other error is the
    /// one cause why it cannot be used here. It lives as long as the lab. May take seconds the first time.
    virtual Result<Backend*> world(const std::string& id, const StopToken& stop) = 0;
    /// A workload of the catalogue, or an image of that name.
    virtual Result<Workload> workload(const std::string& name) = 0;
    /// Where comparisons are saved; may be null.
    virtual History* history() = 0;
    /// The folder in which its worlds write.
    virtual std::filesystem::path data_root() const = 0;

    /// A lab over an empty data folder, which is removed with it: its worlds have no image unpacked and no disk built.
    virtual Result<std::unique_ptr<Lab>> empty_lab(ProgressSink& progress, const StopToken& stop) = 0;
    /// Takes the workload's image in from the lab that made this one: the part of a deployment that is the same in all
    /// worlds.
    virtual Result<void> bring_image(const Workload& workload, ProgressSink& progress, const StopToken& stop) = 0;
};

} // namespace isolab
