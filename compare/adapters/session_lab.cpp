// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/adapters/session_lab.h"

#include <system_error>
#include <utility>

#include "compare/adapters/image_plan.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/work_folder.h"

namespace isolab {
namespace {

Result<Backend*> usable_world(WorldSet& worlds, const std::string& id, const StopToken& stop) {
    ISOLAB_ASSIGN(Backend * world, worlds.find(id));
    ISOLAB_TRY(world->check(stop));
    return world;
}

/// The same file under another name: importing never writes to a blob.
Result<void> link_blob(const ImageStore& store, const Digest& digest, const std::filesystem::path& layout) {
    const std::filesystem::path blob = store.blob_path(digest);
    const std::filesystem::path folder = layout / "blobs" / blob.parent_path().filename();
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (!error)
        std::filesystem::create_hard_link(blob, folder / blob.filename(), error);
    return error ? fail_errno(error.value(), "prepare the blob", blob.string()) : Result<void>();
}

/// An OCI image layout of one image of a store.
Result<void> write_layout(const ImageStore& store, const Image& image, const std::filesystem::path& layout) {
    const std::filesystem::path manifest_file = store.blob_path(image.digest);
    ISOLAB_ASSIGN(const Json manifest, read_json_file(manifest_file));
    ISOLAB_ASSIGN(const std::string config,
                  json_string(manifest.value("config", Json::object()), "digest", manifest_file.string()));
    ISOLAB_ASSIGN(const Digest config_digest, Digest::parse(config));
    ISOLAB_TRY(link_blob(store, image.digest, layout));
    ISOLAB_TRY(link_blob(store, config_digest, layout));
    for (const Descriptor& layer : image.layers)
        if (!std::filesystem::exists(layout / "blobs" / "sha256" / layer.digest.hex()))
            ISOLAB_TRY(link_blob(store, layer.digest, layout));
    const Json index{{"schemaVersion", 2},
                     {"manifests",
                      {{{"mediaType", manifest.value("mediaType", "application/vnd.oci.image.manifest.v1+json")},
                        {"digest", image.digest.text()},
                        {"size", std::filesystem::file_size(manifest_file)}}}}};
    ISOLAB_TRY(write_file_atomically(layout / "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}\n"));
    return write_file_atomically(layout / "index.json", index.dump());
}

/// A lab over an empty folder below that of another one.
class EmptyLab final : public Lab {
  public:
    EmptyLab(WorkFolder folder, Engine& from, std::unique_ptr<Engine> engine, VmBackend::OpenHypervisor open,
             SessionLab::FindWorkload find_workload)
        : folder_(std::move(folder)), from_(from), engine_(std::move(engine)),
          worlds_(*engine_, std::move(open), DataFolder(folder_.path())), find_workload_(std::move(find_workload)) {}

    Result<Backend*> world(const std::string& id, const StopToken& stop) override {
        return usable_world(worlds_, id, stop);
    }
    Result<Workload> workload(const std::string& name) override { return find_workload_(name); }
    History* history() override { return nullptr; }
    std::filesystem::path data_root() const override { return folder_.path(); }
    Result<std::unique_ptr<Lab>> empty_lab(ProgressSink& /*progress*/, const StopToken& /*stop*/) override {
        return fail(ErrorKind::unsupported, "make an empty lab", folder_.path().string(), "it is one already");
    }
    Result<void> bring_image(const Workload& workload, ProgressSink& progress, const StopToken& stop) override {
        ISOLAB_ASSIGN(const Image image, find_image(from_, workload));
        const std::filesystem::path layout = folder_.path() / "layout";
        if (!std::filesystem::exists(layout / "index.json")) {
            ISOLAB_TRY(write_layout(from_.images(), image, layout));
        }
        const std::string name = image.name.empty() ? "isolab/deployed" : image.name;
        ISOLAB_TRY(engine_->images().import(layout, name, progress, stop));
        return {};
    }

  private:
    WorkFolder folder_; ///< removed last
    Engine& from_;
    std::unique_ptr<Engine> engine_;
    WorldSet worlds_;
    SessionLab::FindWorkload find_workload_;
};

} // namespace

Result<Backend*> SessionLab::world(const std::string& id, const StopToken& stop) {
    return usable_world(parts_.worlds, id, stop);
}

Result<std::unique_ptr<Lab>> SessionLab::empty_lab(ProgressSink& /*progress*/, const StopToken& stop) {
    ISOLAB_TRY(stop.check("make an empty lab"));
    ISOLAB_TRY(make_private_directory(parts_.data.temporary()));
    ISOLAB_ASSIGN(WorkFolder folder, WorkFolder::create(parts_.data.temporary()));
    ISOLAB_ASSIGN(std::unique_ptr<Engine> engine, Engine::open({folder.path(), {}, std::nullopt, true}));
    return std::make_unique<EmptyLab>(std::move(folder), parts_.engine, std::move(engine), parts_.open_hypervisor,
                                      parts_.find_workload);
}

Result<void> SessionLab::bring_image(const Workload& workload, ProgressSink& /*progress*/, const StopToken& /*stop*/) {
    ISOLAB_TRY(find_image(parts_.engine, workload));
    return {};
}

} // namespace isolab
