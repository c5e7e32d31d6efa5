// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "compare/model/fact.h"
#include "engine/base/instance.h"

namespace isolab {

/// What a workload can run in: a container, a machine, the bare host. A value, known by its id wherever a result comes
/// from; what runs there is a Backend.
struct World {
    std::string id;            ///< stable: "container", "vm", "native"; in plans, results and options
    Fact title;                ///< "Virtual machine"
    Fact meaning;              ///< one sentence: what runs there
    std::string colour;        ///< "#0072B2": its hue in charts and tables, of the palette of Okabe and Ito
    std::string dark_colour;   ///< the same hue on a dark ground, lighter where it must be to be seen
    std::vector<Phase> phases; ///< those that take time there, in order; the others have length zero
};

/// Every world that this version knows, in the order in which they are listed.
const std::vector<World>& known_worlds();

/// A world with more ingredients than it has by itself: "native+pid+uts" is the host with two namespaces.
struct WorldSteps {
    std::string base;                     ///< "native"
    std::vector<std::string> ingredients; ///< "pid", "uts": in their order
};

/// The parts of an id. Pure.
WorldSteps steps_of_world(const std::string& id);

/// Whether a kernel boots there before the workload runs: a machine. Pure.
bool boots_kernel(const std::string& id);

/// The world of that id, which may have more ingredients. One of another version, met in a document, is called by its
/// id and has all phases.
World world_of_id(const std::string& id);

} // namespace isolab
