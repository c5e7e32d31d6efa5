// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/image/docker_import.h"

#include <algorithm>

#include "engine/base/json.h"
#include "engine/image/decompressor.h"
#include "engine/image/image_config.h"
#include "engine/image/manifest.h"
#include "engine/image/media_type.h"
#include "engine/image/reference.h"

namespace isolab {
namespace {

struct SavedImage {
    std::string config;
    std::vector<std::string> layers;
    std::vector<std::string> tags;
};

Result<std::vector<SavedImage>> parse_saved_images(std::string_view text, const std::string& subject) {
    ISOLAB_ASSIGN(const Json document, parse_json(text, subject));
    if (!document.is_array() || document.empty())
        return fail(ErrorKind::corrupt, "read", subject, "it is not a list of images");
    std::vector<SavedImage> images;
    for (const Json& item : document) {
        SavedImage image;
        ISOLAB_ASSIGN(image.config, json_string(item, "Config", subject));
        ISOLAB_ASSIGN(image.layers, json_strings(item, "Layers", subject));
        ISOLAB_ASSIGN(image.tags, json_strings(item, "RepoTags", subject));
        images.push_back(std::move(image));
    }
    return images;
}

bool is_tagged(const SavedImage& image, const std::string& wanted) {
    return std::ranges::any_of(image.tags, [&](const std::string& tag) {
        const Result<std::string> full = normalise_image_name(tag);
        return full && *full == wanted;
    });
}

Result<SavedImage> choose_saved_image(const ImportJob& job, const std::vector<SavedImage>& images) {
    if (images.size() == 1)
        return images.front();
    std::string names;
    for (const SavedImage& image : images) {
        if (job.name && is_tagged(image, *job.name))
            return image;
        for (const std::string& tag : image.tags)
            names += (names.empty() ? "" : ", ") + tag;
    }
    return fail(ErrorKind::invalid_argument, "import", job.source.string(), "it holds several images: " + names,
                "Choose one by its name");
}

Result<const StagedBlob*> member(const ImportJob& job, const ArchiveContents& contents, const std::string& path) {
    if (const StagedBlob* const found = contents.find(path))
        return found;
    return fail(ErrorKind::corrupt, "import", job.source.string(), "its member \"" + path + "\" is missing",
                "The archive is incomplete; save the image again");
}

/// "HEX.json" and "blobs/sha256/HEX" promise the digest of what they hold.
Result<void> check_file_name(const ImportJob& job, const std::string& path, const StagedBlob& blob) {
    const std::string name = std::filesystem::path(path).stem().string();
    const Result<Digest> promised = Digest::parse("sha256:" + name);
    if (promised && blob.digest.algorithm() == "sha256" && *promised != blob.digest)
        return fail(ErrorKind::corrupt, "import", job.source.string(),
                    "\"" + path + "\" has the digest " + blob.digest.text());
    return {};
}

/// The layer's media type. An uncompressed layer is its own diff id.
Result<std::string> check_layer(const ImportJob& job, const StagedBlob& blob, const Digest& diff_id) {
    const UniqueFd fd(::open(blob.file.c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 8> first{};
    const ssize_t count = ::read(fd.get(), first.data(), first.size());
    const Compression compression = detect_compression({first.data(), count > 0 ? static_cast<std::size_t>(count) : 0});
    if (compression == Compression::none && diff_id.algorithm() == blob.digest.algorithm() && diff_id != blob.digest)
        return fail(ErrorKind::corrupt, "import", job.source.string(),
                    "a layer has the digest " + blob.digest.text() + ", promised was " + diff_id.text());
    const bool named = compression == Compression::gzip || compression == Compression::zstd;
    return std::string(media_type::layer) + (named ? "+" + std::string(compression_id(compression)) : "");
}

} // namespace

Result<ImportedImage> stage_manifest(const ImportJob& job, const StagedBlob& config,
                                     const std::vector<StagedBlob>& layers, const std::vector<std::string>& layer_types,
                                     std::string name) {
    Manifest manifest{{std::string(media_type::config), config.digest, config.size}, {}};
    std::vector<Digest> blobs{config.digest};
    for (std::size_t i = 0; i < layers.size(); ++i) {
        manifest.layers.push_back({layer_types[i], layers[i].digest, layers[i].size});
        blobs.push_back(layers[i].digest);
    }
    ISOLAB_ASSIGN(const StagedBlob staged, job.stage.add_text(render_manifest(manifest)));
    blobs.push_back(staged.digest);
    return ImportedImage{
        {std::string(media_type::manifest), staged.digest, staged.size}, std::move(blobs), std::move(name)};
}

Result<ImportedImage> import_docker_archive(const ImportJob& job, const ArchiveContents& contents) {
    const std::string subject = "manifest.json of " + job.source.string();
    ISOLAB_ASSIGN(const auto images, parse_saved_images(contents.documents.at("manifest.json"), subject));
    ISOLAB_ASSIGN(const SavedImage saved, choose_saved_image(job, images));
    ISOLAB_ASSIGN(std::string name,
                  choose_name(job, saved.tags.empty() ? std::nullopt : std::optional(saved.tags.front())));
    ISOLAB_ASSIGN(const StagedBlob* const config_blob, member(job, contents, saved.config));
    ISOLAB_TRY(check_file_name(job, saved.config, *config_blob));
    ISOLAB_ASSIGN(const std::string config_text, job.stage.text(config_blob->digest));
    ISOLAB_ASSIGN(const ImageConfig config, parse_image_config(config_text, name));
    if (config.diff_ids.size() != saved.layers.size())
        return fail(ErrorKind::corrupt, "import", job.source.string(),
                    "its configuration and its manifest.json differ in the number of layers");
    std::vector<StagedBlob> layers;
    std::vector<std::string> types;
    for (std::size_t i = 0; i < saved.layers.size(); ++i) {
        ISOLAB_ASSIGN(const StagedBlob* const layer, member(job, contents, saved.layers[i]));
        ISOLAB_ASSIGN(std::string type, check_layer(job, *layer, config.diff_ids[i]));
        layers.push_back(*layer);
        types.push_back(std::move(type));
    }
    return stage_manifest(job, *config_blob, layers, types, std::move(name));
}

} // namespace isolab
