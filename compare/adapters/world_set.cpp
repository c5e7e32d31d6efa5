// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/adapters/world_set.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

#include "compare/adapters/container_backend.h"
#include "compare/adapters/lxc_backend.h"
#include "engine/base/subprocess.h"

namespace isolab {
namespace {

/// Of OCI containers, which are worlds where they are installed.
constexpr std::array other_runtimes{"runc", "crun", "youki"};

struct NamedIngredient {
    std::string_view name;
    bool Ingredients::*piece;
    bool value = true;
};

/// `copy` takes the overlay away, so that a chain can show what it saves.
constexpr std::array named_ingredients{NamedIngredient{"copy", &Ingredients::overlay, false},
                                       NamedIngredient{"overlay", &Ingredients::overlay},
                                       NamedIngredient{"pid", &Ingredients::pid},
                                       NamedIngredient{"uts", &Ingredients::uts},
                                       NamedIngredient{"ipc", &Ingredients::ipc},
                                       NamedIngredient{"network", &Ingredients::network},
                                       NamedIngredient{"cgroup", &Ingredients::cgroup},
                                       NamedIngredient{"limits", &Ingredients::limits},
                                       NamedIngredient{"kernel-files", &Ingredients::kernel_files},
                                       NamedIngredient{"capabilities", &Ingredients::capabilities},
                                       NamedIngredient{"seccomp", &Ingredients::seccomp}};

struct NamedExtra {
    std::string_view name;
    bool MachineExtras::*piece;
};

constexpr std::array named_extras{NamedExtra{"acpi", &MachineExtras::acpi}, NamedExtra{"bios", &MachineExtras::bios},
                                  NamedExtra{"decompression", &MachineExtras::compressed},
                                  NamedExtra{"devices", &MachineExtras::pci},
                                  NamedExtra{"card", &MachineExtras::network}};

template <class Range, class Name> std::string listed(const Range& range, Name&& name) {
    std::string text;
    for (const auto& item : range)
        text += (text.empty() ? "" : ", ") + std::string(name(item));
    return text;
}

template <class Named>
tl::unexpected<Error> no_ingredient(const std::string& id, const std::string& name, const Named& all) {
    return fail(ErrorKind::not_found, "find world", id, "there is no ingredient \"" + name + "\"",
                "Ingredients: " + listed(all, [](const auto& piece) { return piece.name; }));
}

} // namespace

WorldSet::WorldSet(Engine& engine, VmBackend::OpenHypervisor open, DataFolder data, const SystemChoice& system)
    : engine_(engine), open_(std::move(open)), data_(std::move(data)) {
    known_.push_back(std::make_unique<ContainerBackend>(
        engine_, ContainerSide{world_of_id("native"), native_ingredients(), std::nullopt}));
    known_.push_back(std::make_unique<ContainerBackend>(engine_));
    for (const char* runtime : other_runtimes)
        known_.push_back(std::make_unique<ContainerBackend>(
            engine_, ContainerSide{world_of_id(runtime), {}, find_program(runtime).value_or(runtime)}));
    known_.push_back(std::make_unique<LxcBackend>(engine_, data_));
    known_.push_back(std::make_unique<VmBackend>(engine_, open_, data_));
    known_.push_back(std::make_unique<VmBackend>(engine_, open_, data_, "vm-standard", MachineKind::standard));
    known_.push_back(std::make_unique<VmBackend>(engine_, open_, data_, "vm-full", MachineKind::full, system));
}

std::vector<Backend*> WorldSet::known() const {
    std::vector<Backend*> worlds;
    std::ranges::transform(known_, std::back_inserter(worlds), [](const auto& world) { return world.get(); });
    return worlds;
}

Result<Backend*> WorldSet::find(const std::string& id) {
    for (const auto* list : {&known_, &steps_})
        for (const auto& world : *list)
            if (world->side() == id)
                return world.get();
    ISOLAB_ASSIGN(std::unique_ptr<Backend> made, make_step(id));
    steps_.push_back(std::move(made));
    return steps_.back().get();
}

Result<std::unique_ptr<Backend>> WorldSet::make_machine(const std::string& id, const WorldSteps& steps) const {
    MachineExtras extras;
    for (const std::string& name : steps.ingredients) {
        const auto found = std::ranges::find(named_extras, name, &NamedExtra::name);
        if (found == named_extras.end())
            return no_ingredient(id, name, named_extras);
        extras.*(found->piece) = true;
    }
    return std::make_unique<VmBackend>(engine_, open_, data_, id, MachineKind::lean, SystemChoice(), extras);
}

Result<std::unique_ptr<Backend>> WorldSet::make_step(const std::string& id) const {
    const WorldSteps steps = steps_of_world(id);
    if (steps.base == "vm" && !steps.ingredients.empty())
        return make_machine(id, steps);
    if (steps.base != "native" || steps.ingredients.empty())
        return fail(ErrorKind::not_found, "find world", id, "there is none of that name",
                    "Worlds: " + listed(known_, [](const auto& world) { return world->side(); }) +
                        "; native and vm may have ingredients, as in native+pid and vm+acpi");
    ContainerSide side{world_of_id(id), native_ingredients(), std::nullopt};
    for (const std::string& name : steps.ingredients) {
        const auto found = std::ranges::find(named_ingredients, name, &NamedIngredient::name);
        if (found == named_ingredients.end())
            return no_ingredient(id, name, named_ingredients);
        side.ingredients.*(found->piece) = found->value;
    }
    return std::make_unique<ContainerBackend>(engine_, std::move(side));
}

} // namespace isolab
