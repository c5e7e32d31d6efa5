// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/layout_builder.h"

#include <fstream>

#include "engine/base/json.h"

namespace isolab::test {
namespace {

void write(const std::filesystem::path& file, const std::string& content) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
}

} // namespace

LayoutBuilder::LayoutBuilder(const std::filesystem::path& folder) : folder_(folder) {
    write(folder / "oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
}

Json LayoutBuilder::blob(const std::string& media_type, const std::string& content) const {
    const Digest digest = Digest::of(content);
    write(folder_ / "blobs" / digest.algorithm() / digest.hex(), content);
    return {{"mediaType", media_type}, {"digest", digest.text()}, {"size", content.size()}};
}

std::string LayoutBuilder::config(const std::vector<std::string>& layers) const {
    Json diff_ids = Json::array();
    for (const std::string& layer : layers)
        diff_ids.push_back(Digest::of(layer).text());
    return Json{{"architecture", "amd64"},
                {"os", "linux"},
                {"config", {{"Env", {"PATH=/bin"}}, {"Cmd", {"/bin/sh"}}, {"User", "app"}, {"WorkingDir", "/work"}}},
                {"rootfs", {{"type", "layers"}, {"diff_ids", diff_ids}}}}
        .dump();
}

Json LayoutBuilder::image(const std::vector<std::string>& layers) const {
    Json descriptors = Json::array();
    for (const std::string& layer : layers)
        descriptors.push_back(blob("application/vnd.oci.image.layer.v1.tar", layer));
    const Json manifest{{"schemaVersion", 2},
                        {"config", blob("application/vnd.oci.image.config.v1+json", config(layers))},
                        {"layers", descriptors}};
    return blob("application/vnd.oci.image.manifest.v1+json", manifest.dump());
}

void LayoutBuilder::index(const Json& manifests) const {
    write(folder_ / "index.json", Json{{"schemaVersion", 2}, {"manifests", manifests}}.dump());
}

void LayoutBuilder::build(const std::vector<std::string>& layers, const std::string& name) const {
    Json entry = image(layers);
    entry["annotations"] = {{"org.opencontainers.image.ref.name", name}};
    index(Json::array({entry}));
}

} // namespace isolab::test
