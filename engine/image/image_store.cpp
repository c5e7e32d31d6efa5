// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/image/image_store.h"

#include <algorithm>
#include <set>
#include <system_error>

#include "engine/base/file_lock.h"
#include "engine/base/work_folder.h"
#include "engine/image/blob_stage.h"
#include "engine/image/image_config.h"
#include "engine/image/image_import.h"
#include "engine/image/image_index.h"
#include "engine/image/manifest.h"
#include "engine/image/reference.h"

namespace isolab {
namespace {

Result<Image> load_image(const std::filesystem::path& folder, const NamedManifest& entry) {
    const std::string subject = entry.name.empty() ? entry.manifest.digest.text() : entry.name;
    ISOLAB_ASSIGN(const std::string manifest_text, read_document(folder, entry.manifest.digest));
    ISOLAB_ASSIGN(Manifest manifest, parse_manifest(manifest_text, subject));
    ISOLAB_ASSIGN(const std::string config_text, read_document(folder, manifest.config.digest));
    ISOLAB_ASSIGN(ImageConfig config, parse_image_config(config_text, subject));
    if (config.diff_ids.size() != manifest.layers.size())
        return fail(ErrorKind::corrupt, "read image", subject,
                    "its configuration and its manifest do not belong together");
    Image image{entry.name, entry.manifest.digest, std::move(config), std::move(manifest.layers), 0};
    for (const Descriptor& layer : image.layers)
        image.size += layer.size;
    return image;
}

std::set<Digest> used_blobs(const std::filesystem::path& folder, const std::vector<NamedManifest>& entries) {
    std::set<Digest> used;
    for (const NamedManifest& entry : entries) {
        used.insert(entry.manifest.digest);
        const auto manifest = read_document(folder, entry.manifest.digest).and_then([&](const std::string& text) {
            return parse_manifest(text, entry.manifest.digest.text());
        });
        if (!manifest)
            continue; // it must be imported again in any case, with all that it needs
        used.insert(manifest->config.digest);
        for (const Descriptor& layer : manifest->layers)
            used.insert(layer.digest);
    }
    return used;
}

Result<void> delete_unused_blobs(const std::filesystem::path& folder, const std::set<Digest>& used) {
    for (const char* algorithm : {"sha256", "sha512"}) {
        std::error_code error;
        for (const auto& file : std::filesystem::directory_iterator(folder / "blobs" / algorithm, error)) {
            const Result<Digest> digest = Digest::parse(std::string(algorithm) + ":" + file.path().filename().string());
            if (digest && !used.contains(*digest) && ::unlink(file.path().c_str()) != 0)
                return fail_errno(errno, "delete blob", file.path().string());
        }
    }
    return {};
}

} // namespace

Result<ImageStore> ImageStore::open(const std::filesystem::path& folder) {
    ISOLAB_TRY(make_private_directory(folder));
    ISOLAB_TRY(make_directories(folder / "blobs" / "sha256"));
    ISOLAB_TRY(WorkFolder::remove_abandoned(folder));
    ISOLAB_ASSIGN(const UniqueFd lock, lock_folder(folder));
    if (::access((folder / "oci-layout").c_str(), F_OK) != 0)
        ISOLAB_TRY(write_file_atomically(folder / "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}\n", 0600, true));
    if (::access((folder / "index.json").c_str(), F_OK) != 0)
        ISOLAB_TRY(write_image_index(folder, {}));
    return ImageStore(folder);
}

Result<Image> ImageStore::import(const std::filesystem::path& source, const std::optional<std::string>& name,
                                 ProgressSink& progress, const StopToken& stop) {
    std::optional<std::string> wanted;
    if (name) {
        ISOLAB_ASSIGN(wanted, normalise_image_name(*name));
    }
    ISOLAB_ASSIGN(BlobStage stage, BlobStage::open(folder_));
    const ReadWatch watch{progress, stop, "import-image"};
    ISOLAB_ASSIGN(const ImportedImage imported, import_image({source, wanted, stage, watch}));
    ISOLAB_TRY(stop.check("import " + source.string()));
    return publish(stage, imported);
}

Result<Image> ImageStore::publish(BlobStage& stage, const ImportedImage& image) {
    const NamedManifest entry{image.manifest, image.name};
    {
        ISOLAB_ASSIGN(const UniqueFd lock, lock_folder(folder_));
        ISOLAB_ASSIGN(auto entries, read_image_index(folder_));
        ISOLAB_ASSIGN(const std::vector<Digest> fresh, stage.publish(image.blobs));
        const Result<void> written = write_image_index(folder_, with_entry(std::move(entries), entry));
        if (!written) {
            stage.take_back(fresh);
            return fail(written.error());
        }
    }
    return load_image(folder_, entry);
}

Result<Image> ImageStore::find(const std::string& name_or_digest) const {
    ISOLAB_ASSIGN(const auto entries, read_image_index(folder_));
    ISOLAB_ASSIGN(const NamedManifest entry, find_entry(entries, name_or_digest));
    return load_image(folder_, entry);
}

Result<std::vector<Image>> ImageStore::list(std::vector<Error>* damaged) const {
    ISOLAB_ASSIGN(const auto entries, read_image_index(folder_));
    std::vector<Image> images;
    for (const NamedManifest& entry : entries) {
        if (entry.name.empty())
            continue;
        Result<Image> image = load_image(folder_, entry);
        if (image)
            images.push_back(std::move(*image));
        else if (damaged != nullptr)
            damaged->push_back(std::move(image).error().within("list image", entry.name));
    }
    std::ranges::sort(images, {}, &Image::name);
    return images;
}

Result<void> ImageStore::remove(const std::string& name_or_digest) {
    ISOLAB_ASSIGN(const UniqueFd lock, lock_folder(folder_));
    ISOLAB_ASSIGN(auto entries, read_image_index(folder_));
    ISOLAB_ASSIGN(const NamedManifest found, find_entry(entries, name_or_digest));
    const Result<std::string> name = normalise_image_name(name_or_digest);
    const bool by_name = name && found.name == *name;
    std::erase_if(entries, [&](const NamedManifest& entry) {
        return by_name ? entry.name == found.name : entry.manifest.digest == found.manifest.digest;
    });
    const std::set<Digest> used = used_blobs(folder_, entries);
    ISOLAB_TRY(write_image_index(folder_, entries));
    return delete_unused_blobs(folder_, used);
}

std::filesystem::path ImageStore::blob_path(const Digest& digest) const { return blob_file(folder_, digest); }

} // namespace isolab
