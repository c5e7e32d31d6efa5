// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/engine.h"

#include <mutex>

#include <unistd.h>

#include "engine/base/data_folder.h"
#include "engine/base/file_tree.h"
#include "engine/base/host_facts.h"
#include "engine/base/json.h"
#include "engine/base/text.h"
#include "engine/cgroup/engine_scope.h"
#include "engine/containers/process_resolution.h"
#include "engine/runtime_client/launcher_program.h"
#include "engine/security/capabilities.h"
#include "engine/security/seccomp_profile.h"

namespace isolab {
namespace {

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
        ISOLAB_ASSIGN(copier_, make_snapshotter(layers_, "copy"));
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
        facts.root = options_.root;
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
                                             const StopToken& stop) override {
        ISOLAB_ASSIGN(const Containers* own, own_containers());
        return own->run(request, observer, stop); // several at once
    }

    Result<Containers> containers() override {
        ContainerTools tools;
        tools.root = options_.root;
        ISOLAB_ASSIGN(tools.launcher, LauncherProgram::find(options_.launcher));
        tools.own_launcher = launcher_.executable();
        tools.layout = layout_;
        tools.seccomp = seccomp_;
        tools.layers = &layers_;
        tools.snapshotter = snapshotter_.get();
        tools.copier = copier_.get();
        const auto helper = tools.launcher.parent_path() / "isolab-container-helper";
        if (::access(helper.c_str(), X_OK) == 0)
            tools.helper = {helper.string(), options_.root.string()};
        return Containers::open(std::move(tools));
    }

    Result<void> tidy_up(const StopToken& stop) override {
        ISOLAB_TRY(remove_tree(DataFolder(DataFolder(options_.root).instances()).user_namespaces())); // keepers end
        ISOLAB_ASSIGN(Containers all, containers());
        return all.tidy_up(stop);
    }

  private:
    /// Opened once: each opening looks for what others have left.
    Result<const Containers*> own_containers() {
        const std::lock_guard lock(mutex_);
        if (!containers_) {
            ISOLAB_ASSIGN(containers_, containers());
        }
        return &*containers_;
    }

    EngineOptions options_;
    ImageStore images_;
    LayerStore layers_;
    LauncherProgram launcher_;
    SharedJson seccomp_;
    CgroupLayout layout_;
    std::unique_ptr<Snapshotter> snapshotter_;
    std::unique_ptr<Snapshotter> copier_;
    std::mutex mutex_; ///< guards what follows
    std::optional<Containers> containers_;
};

} // namespace

Result<std::unique_ptr<Engine>> Engine::open(const EngineOptions& options) {
    EngineOptions absolute = options;
    std::error_code failed;
    absolute.root = std::filesystem::absolute(options.root, failed);
    if (!is_utf8(absolute.root.native())) // it stands in configurations, which are JSON
        return fail(ErrorKind::invalid_argument, "use data folder", plain_text(absolute.root.native()),
                    "its name is not valid UTF-8", "Choose another one with --root");
    ISOLAB_TRY(open_data_folder(absolute.root));
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
