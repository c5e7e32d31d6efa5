// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "compare/model/metric.h"
#include "compare/model/workload.h"
#include "engine/engine.h"

namespace isolab {

/// The image and the process of a workload: what both worlds must agree on, found by the same code.
struct ImagePlan {
    Image image;
    ProcessSpec process;
    LayerHold hold = {}; ///< the image may be removed or get another name meanwhile
};

/// Looks the workload's image up; not_found says how to import one.
Result<Image> find_image(Engine& engine, const Workload& workload);

/// The deployment that both worlds share: finds the image, unpacks its layers where needed and resolves the process.
/// What was timed is added to `steps`.
Result<ImagePlan> plan_image(Engine& engine, const Workload& workload, std::vector<DeploymentStep>& steps,
                             ProgressSink& progress, const StopToken& stop);

/// The port probe for a readiness that is asked from inside; empty for exit and log.
std::optional<PortProbe> port_probe(const Readiness& readiness);

} // namespace isolab
