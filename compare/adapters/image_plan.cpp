// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/adapters/image_plan.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "engine/base/clock.h"

namespace isolab {

Result<Image> find_image(Engine& engine, const Workload& workload) {
    auto image = engine.images().find(workload.image);
    if (image || image.error().kind != ErrorKind::not_found)
        return image;
    Error error = std::move(image).error();
    error.remedy = fmt::format("Import it first: isolab image import PATH --name {}", workload.image);
    return fail(std::move(error));
}

Result<ImagePlan> plan_image(Engine& engine, const Workload& workload, std::vector<DeploymentStep>& steps,
                             ProgressSink& progress, const StopToken& stop) {
    ISOLAB_ASSIGN(Image image, find_image(engine, workload));
    const Nanoseconds begin = monotonic_now();
    const auto layers = engine.layers().lowers(image);
    const bool cached = std::ranges::all_of(layers, [](const auto& layer) { return std::filesystem::exists(layer); });
    ISOLAB_ASSIGN(LayerHold hold, engine.layers().ensure(engine.images(), image, progress, stop));
    steps.push_back({"unpack-layers", "unpack layers", monotonic_now() - begin, cached});
    const ProcessOverrides overrides{workload.command, workload.env, workload.cwd, workload.user};
    ISOLAB_ASSIGN(ProcessSpec process, engine.resolve_process(image, overrides));
    return ImagePlan{std::move(image), std::move(process), std::move(hold)};
}

std::optional<PortProbe> port_probe(const Readiness& readiness) {
    switch (readiness.kind) {
    case Readiness::Kind::tcp:
        return PortProbe{readiness.port, std::nullopt};
    case Readiness::Kind::http:
        return PortProbe{readiness.port, readiness.path};
    case Readiness::Kind::exit:
    case Readiness::Kind::log:
        break;
    }
    return std::nullopt;
}

} // namespace isolab
