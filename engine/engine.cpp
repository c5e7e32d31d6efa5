// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/engine.h"

#include <array>

#include <unistd.h>

#include "engine/base/data_folder.h"
#include "engine/base/file_tree.h"
#include "engine/base/host_facts.h"
#include "engine/base/json.h"
#include "engine/base/pipe.h"
#include "engine/base/text.h"
#include "engine/cgroup/engine_scope.h"
#include "engine/runtime/spec_builder.h"
#include "engine/runtime/spec_json.h"
#include "engine/runtime_client/id_ranges.h"
#include "engine/runtime_client/launcher_program.h"
#include "engine/security/capabilities.h"
#include "engine/security/seccomp_profile.h"
#include "engine/transient/process_resolution.h"
#include "engine/transient/running_container.h"

namespace isolab {
namespace {

constexpr int child_event_fd = 3;

std::string probe_argument(const PortProbe& probe) {
    return probe.http_path ? "http:" + std::to_string(probe.port) + *probe.http_path
                           : "tcp:" + std::to_string(probe.port);
}

Result<SharedJson> make_seccomp() {
    ISOLAB_ASSIGN(const Json profile, parse_json(default_seccomp_profile(), "the default seccomp profile"));
    ISOLAB_ASSIGN(const SeccompFilter filter,
                  resolve_seccomp_profile(profile, seccomp_conditions(default_capabilities()), "the default profile"));
    return share(seccomp_to_json(filter));
}

class LocalEngine final : public Engine {
  public:
    LocalEngine(EngineOptions options, ImageStore images, LayerStore layers, LauncherProgram launcher,
                SharedJson seccomp)
        : options_(std::move(options)), images_(std::move(images)), layers_(std::move(layers)),
          launcher_(std::move(launcher)), seccomp_(std::move(seccomp)),
          layout_(find_cgroup_layout(recorded_scope(options_.root))) {}

    /// Limits are not worth failing for: why there are none is told where they are asked for.
    void enter_scope() {
        const auto scope = enter_engine_scope(network_instance_name(options_.root) + ".scope",
                                              {options_.root, DataFolder(options_.root).instances()});
        if (scope)
            layout_ = find_cgroup_layout(*scope);
        else if (!layout_.limits_enforced)
            layout_.limits_reason += "; asked for a scope, " + scope.error().message();
    }

    Result<void> choose_snapshotter() {
        ISOLAB_ASSIGN(snapshotter_, make_snapshotter(layers_, options_.snapshotter));
        return {};
    }

    ImageStore& images() noexcept override { return images_; }
    LayerStore& layers() noexcept override { return layers_; }

    EngineFacts facts() const override {
        EngineFacts facts;
        facts.cgroup_mode = layout_.mode;
        facts.limits_enforced = layout_.limits_enforced;
        facts.limits_reason = layout_.limits_reason;
        facts.snapshotter = snapshotter_->id();
        facts.snapshotter_reason = snapshotter_->reason();
        facts.rootless = ::geteuid() != 0;
        facts.kernel = kernel_release();
        return facts;
    }

    Result<ProcessSpec> resolve_process(const Image& image, const ProcessOverrides& overrides) const override {
        const auto text_of = [&](const char* path) -> Result<std::string> {
            auto text = layers_.read(image, path);
            return !text && text.error().kind == ErrorKind::not_found ? std::string{} : text;
        };
        ISOLAB_ASSIGN(const std::string passwd, text_of("/etc/passwd"));
        ISOLAB_ASSIGN(const std::string group, text_of("/etc/group"));
        return merge_process(image.config, overrides, passwd, group);
    }

    Result<std::unique_ptr<Container>> start(const ContainerRequest& request, InstanceObserver& observer,
                                             const StopToken& stop) override;

    Result<Containers> containers() override {
        ContainerTools tools;
        tools.root = options_.root;
        ISOLAB_ASSIGN(tools.launcher, LauncherProgram::find(options_.launcher));
        tools.layout = layout_;
        tools.seccomp = seccomp_;
        tools.layers = &layers_;
        tools.snapshotter = snapshotter_.get();
        const auto helper = tools.launcher.parent_path() / "isolab-container-helper";
        if (::access(helper.c_str(), X_OK) == 0)
            tools.helper = {helper.string(), options_.root.string()};
        return Containers::open(std::move(tools));
    }

    Result<void> remove_leftovers() override {
        for (const auto& folder : {options_.root, DataFolder(options_.root).instances()})
            ISOLAB_TRY(remove_tree(DataFolder(folder).user_namespaces())); // who keeps one ends
        return remove_abandoned_containers(own_containers(), layout_, launcher_.executable());
    }

  private:
    std::filesystem::path own_containers() const { return DataFolder(options_.root).containers(); }
    Result<RuntimeSpec> make_spec(const ContainerRequest& request, const std::string& id,
                                  const Snapshot& snapshot) const;
    Result<ContainerParts> start_launcher(const ContainerRequest& request, ContainerFolder folder,
                                          Snapshot snapshot) const;

    EngineOptions options_;
    ImageStore images_;
    LayerStore layers_;
    LauncherProgram launcher_;
    SharedJson seccomp_;
    CgroupLayout layout_;
    std::unique_ptr<Snapshotter> snapshotter_;
};

Result<RuntimeSpec> LocalEngine::make_spec(const ContainerRequest& request, const std::string& id,
                                           const Snapshot& snapshot) const {
    SpecRequest wanted;
    wanted.id = id;
    wanted.hostname = request.hostname;
    wanted.process = request.process;
    wanted.snapshot = snapshot;
    wanted.control_group = layout_.version != CgroupVersion::none;
    wanted.seccomp = seccomp_;
    ISOLAB_ASSIGN(CgroupResources resources,
                  container_resources(request.limits, host_cpu_count(), host_memory_bytes()));
    if (!layout_.pids_limited) // our own precaution, not the user's wish
        resources.pids_limit.reset();
    if (layout_.limits_enforced)
        wanted.resources = resources;
    if (::geteuid() != 0) {
        ISOLAB_ASSIGN(UserMappings mappings, choose_user_mappings(request.process));
        wanted.uid_mappings = std::move(mappings.uids);
        wanted.gid_mappings = std::move(mappings.gids);
    }
    return build_runtime_spec(wanted);
}

Result<ContainerParts> LocalEngine::start_launcher(const ContainerRequest& request, ContainerFolder folder,
                                                   Snapshot snapshot) const {
    ISOLAB_ASSIGN(SocketPair socket, SocketPair::create());
    ISOLAB_ASSIGN(Pipe out, Pipe::create());
    ISOLAB_ASSIGN(Pipe err, Pipe::create());
    std::optional<ControlGroup> group;
    if (layout_.version != CgroupVersion::none) {
        ISOLAB_ASSIGN(group, ControlGroup::at(layout_, "/isolab/" + folder.id()));
    }
    Command command;
    command.argv = {launcher_.executable(),
                    "run",
                    "--bundle",
                    folder.path().string(),
                    "--root",
                    options_.root.string(),
                    "--event-fd",
                    std::to_string(child_event_fd)};
    if (request.probe)
        command.argv.insert(command.argv.end(), {"--probe", probe_argument(*request.probe)});
    command.argv.push_back(folder.id());
    command.fds = {{1, out.write.get()}, {2, err.write.get()}, {child_event_fd, socket.second.get()}};
    command.new_session = true;
    ISOLAB_ASSIGN(ChildProcess launcher, spawn(command));
    const bool own_ids_only =
        request.process.uid == 0 && request.process.gid == 0 && request.process.additional_gids.empty();
    return ContainerParts{std::move(folder),           std::move(snapshot),
                          snapshotter_.get(),          std::move(group),
                          request.process.stop_signal, own_ids_only ? std::string() : launcher_.executable(),
                          std::move(launcher),         std::move(socket.first),
                          std::move(out.read),         std::move(err.read)};
}

Result<std::unique_ptr<Container>> LocalEngine::start(const ContainerRequest& request, InstanceObserver& observer,
                                                      const StopToken& stop) {
    const Nanoseconds cpu_before = thread_cpu_time();
    ISOLAB_TRY(stop.check("start a container"));
    ISOLAB_TRY(container_resources(request.limits, host_cpu_count(), host_memory_bytes()));
    ISOLAB_ASSIGN(ContainerFolder folder, ContainerFolder::create(own_containers()));
    ISOLAB_ASSIGN(Snapshot snapshot, snapshotter_->prepare(request.image, folder.path() / "snapshot", stop));
    ISOLAB_ASSIGN(const RuntimeSpec spec, make_spec(request, folder.id(), snapshot));
    ISOLAB_TRY(write_file_atomically(folder.path() / "config.json", runtime_spec_to_json(spec).dump(), 0600));
    const PhaseMark prepared{Phase::prepare, monotonic_now(), thread_cpu_time() - cpu_before};
    ISOLAB_ASSIGN(ContainerParts parts, start_launcher(request, std::move(folder), std::move(snapshot)));
    auto container = std::make_unique<RunningContainer>(std::move(parts), prepared, observer);
    ISOLAB_TRY(container->wait_for_start(stop));
    return container;
}

} // namespace

Result<std::unique_ptr<Engine>> Engine::open(const EngineOptions& options) {
    EngineOptions absolute = options;
    std::error_code failed;
    absolute.root = std::filesystem::absolute(options.root, failed);
    if (!is_utf8(absolute.root.native())) // it stands in configurations, which are JSON
        return fail(ErrorKind::invalid_argument, "use data folder", plain_text(absolute.root.native()),
                    "its name is not valid UTF-8", "Choose another one with --root");
    ISOLAB_TRY(make_directories(absolute.root));
    ISOLAB_ASSIGN(ImageStore images, ImageStore::open(DataFolder(absolute.root).images()));
    ISOLAB_ASSIGN(LayerStore layers, LayerStore::open(DataFolder(absolute.root).layers()));
    ISOLAB_ASSIGN(LauncherProgram launcher, LauncherProgram::open(options.launcher));
    ISOLAB_ASSIGN(SharedJson seccomp, make_seccomp());
    auto engine = std::make_unique<LocalEngine>(std::move(absolute), std::move(images), std::move(layers),
                                                std::move(launcher), std::move(seccomp));
    ISOLAB_TRY(engine->choose_snapshotter());
    if (options.enter_scope)
        engine->enter_scope();
    return engine;
}

} // namespace isolab
