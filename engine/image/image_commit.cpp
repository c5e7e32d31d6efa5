// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/image/image_commit.h"

#include "engine/base/json.h"
#include "engine/base/text.h"
#include "engine/base/utc_time.h"
#include "engine/image/config_changes.h"
#include "engine/image/imported_image.h"
#include "engine/image/manifest.h"
#include "engine/image/media_type.h"
#include "engine/image/reference.h"

namespace isolab {
namespace {

/// The parent's documents, as they are stored.
struct ParentDocuments {
    Manifest manifest;
    Json config;
};

Result<ParentDocuments> read_parent(const ImageStore& images, const Image& parent) {
    ISOLAB_ASSIGN(const std::string manifest_text, read_document(images.folder(), parent.digest));
    ISOLAB_ASSIGN(Manifest manifest, parse_manifest(manifest_text, parent.name));
    ISOLAB_ASSIGN(const std::string config_text, read_document(images.folder(), manifest.config.digest));
    ISOLAB_ASSIGN(Json config, parse_json(config_text, parent.name));
    if (!config.is_object())
        return fail(ErrorKind::corrupt, "read", parent.name, "its configuration is not a JSON object");
    return ParentDocuments{std::move(manifest), std::move(config)};
}

/// An image either tells the history of each layer or of none; readers refuse anything between.
void complete_history(Json& config, std::size_t layers) {
    if (!config.contains("history") || !config["history"].is_array())
        config["history"] = Json::array();
    std::size_t told = 0;
    for (const Json& entry : config["history"])
        told += entry.is_object() && entry.value("empty_layer", false) ? 0U : 1U;
    for (; told < layers; ++told)
        config["history"].push_back(Json{{"created_by", "imported"}});
}

Result<void> extend_config(Json& config, const Image& parent, const std::optional<NewLayer>& layer,
                           const CommitOptions& options) {
    for (const std::string* text : {&options.author, &options.message, &options.created_by})
        if (!is_utf8(*text))
            return fail(ErrorKind::invalid_argument, "commit", parent.name, "author or message is not UTF-8");
    for (const std::string& change : options.changes)
        if (!is_utf8(change))
            return fail(ErrorKind::invalid_argument, "commit", parent.name, "a change is not UTF-8");
    const std::string created = utc_text(options.created);
    complete_history(config, parent.config.diff_ids.size());
    ISOLAB_TRY(apply_config_changes(config["config"], options.changes));
    Json entry{{"created", created}, {"created_by", options.created_by}};
    if (!options.author.empty())
        entry["author"] = config["author"] = options.author;
    if (!options.message.empty())
        entry["comment"] = options.message;
    if (layer)
        config["rootfs"]["diff_ids"].push_back(layer->diff_id.text());
    else
        entry["empty_layer"] = true;
    config["created"] = created;
    config["history"].push_back(std::move(entry));
    return {};
}

/// Docker's names of layer types are no part of an OCI manifest.
std::string oci_layer_type(const std::string& type) {
    constexpr std::string_view docker = "application/vnd.docker.image.rootfs.diff.tar";
    if (!type.starts_with(docker))
        return type;
    std::string suffix = type.substr(docker.size());
    if (!suffix.empty())
        suffix.front() = '+'; // ".gzip"
    return std::string(media_type::layer) + suffix;
}

std::string layer_type(Compression compression) {
    const std::string plain(media_type::layer);
    return compression == Compression::none ? plain : plain + "+" + std::string(compression_id(compression));
}

} // namespace

Result<Image> commit_image(ImageStore& images, BlobStage& stage, const Image& parent,
                           const std::optional<NewLayer>& layer, const CommitOptions& options) {
    std::string name;
    if (options.name) {
        ISOLAB_ASSIGN(name, normalise_image_name(*options.name));
    }
    ISOLAB_ASSIGN(ParentDocuments documents, read_parent(images, parent));
    ISOLAB_TRY(extend_config(documents.config, parent, layer, options));
    ISOLAB_ASSIGN(const StagedBlob config, stage.add_text(documents.config.dump()));
    Manifest manifest{{std::string(media_type::config), config.digest, config.size}, documents.manifest.layers};
    for (Descriptor& one : manifest.layers)
        one.media_type = oci_layer_type(one.media_type);
    if (layer)
        manifest.layers.push_back({layer_type(layer->compression), layer->blob.digest, layer->blob.size});
    ISOLAB_ASSIGN(const StagedBlob document, stage.add_text(render_manifest(manifest)));
    ImportedImage made{{std::string(media_type::manifest), document.digest, document.size}, {}, std::move(name)};
    for (const Descriptor& one : manifest.layers)
        made.blobs.push_back(one.digest);
    made.blobs.push_back(config.digest);
    made.blobs.push_back(document.digest);
    return images.publish(stage, made);
}

} // namespace isolab
