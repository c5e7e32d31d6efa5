// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compare/adapters/vm_backend.h"
#include "compare/model/backend.h"
#include "engine/base/data_folder.h"
#include "engine/engine.h"

namespace isolab {

/// Every world over one data folder; `system` is for whole machines. The engine must outlive it. One thread at a time.
class WorldSet {
  public:
    WorldSet(Engine& engine, VmBackend::OpenHypervisor open, DataFolder data, const SystemChoice& system = {});

    /// Those of known_worlds(), in their order.
    std::vector<Backend*> known() const;
    /// The world of that id, which may have more ingredients ("native+pid+uts", "vm+acpi"). not_found names those that
    /// there are, or the ingredients.
    Result<Backend*> find(const std::string& id);

  private:
    Result<std::unique_ptr<Backend>> make_step(const std::string& id) const;
    Result<std::unique_ptr<Backend>> make_machine(const std::string& id, const WorldSteps& steps) const;

    Engine& engine_;
    VmBackend::OpenHypervisor open_;
    DataFolder data_;
    std::vector<std::unique_ptr<Backend>> known_;
    std::vector<std::unique_ptr<Backend>> steps_; ///< those that were asked for
};

} // namespace isolab
