// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/image/layout_import.h"

#include <algorithm>
#include <set>

#include "engine/base/json.h"
#include "engine/image/image_config.h"
#include "engine/image/manifest.h"
#include "engine/image/media_type.h"
#include "engine/image/reference.h"

namespace isolab {
namespace {

constexpr int deepest_nesting = 8;

bool is_named(const IndexEntry& entry, const std::string& wanted) {
    if (!entry.name)
        return false;
    const Result<std::string> full = normalise_image_name(*entry.name);
    return (full && *full == wanted) || wanted.ends_with(":" + *entry.name);
}

std::string list_names(const std::vector<IndexEntry>& entries) {
    std::string names;
    for (const IndexEntry& entry : entries)
        names += (names.empty() ? "" : ", ") + entry.name.value_or(entry.descriptor.digest.short_hex());
    return names;
}

std::string list_platforms(const std::vector<IndexEntry>& entries) {
    std::set<std::string> platforms;
    for (const IndexEntry& entry : entries)
        if (entry.platform && !entry.attestation)
            platforms.insert(entry.platform->os + "/" + entry.platform->architecture);
    std::string text;
    for (const std::string& platform : platforms)
        text += (text.empty() ? "" : ", ") + platform;
    return text.empty() ? "nothing" : text;
}

Result<std::vector<IndexEntry>> runnable_entries(const std::vector<IndexEntry>& entries, const std::string& subject) {
    std::vector<IndexEntry> runnable;
    std::ranges::copy_if(entries, std::back_inserter(runnable), [](const IndexEntry& entry) {
        return !entry.attestation && (!entry.platform || runs_here(*entry.platform));
    });
    const Platform host = host_platform();
    if (runnable.empty())
        return fail(ErrorKind::unsupported, "use", subject,
                    "it has no image for " + host.os + "/" + host.architecture + ", only " + list_platforms(entries));
    return runnable;
}

/// The one image of the top index; several are told apart by the wanted name.
Result<IndexEntry> choose_entry(const ImportJob& job, const std::string& index) {
    const std::string subject = job.source.string();
    ISOLAB_ASSIGN(const auto entries, parse_index(index, "index.json of " + subject));
    ISOLAB_ASSIGN(auto runnable, runnable_entries(entries, subject));
    if (job.name) {
        std::vector<IndexEntry> named;
        std::ranges::copy_if(runnable, std::back_inserter(named),
                             [&](const IndexEntry& entry) { return is_named(entry, *job.name); });
        if (!named.empty())
            runnable = std::move(named);
    }
    const auto differs = [&](const IndexEntry& entry) {
        return entry.descriptor.digest != runnable.front().descriptor.digest;
    };
    if (std::ranges::any_of(runnable, differs))
        return fail(ErrorKind::invalid_argument, "import", subject, "it holds several images: " + list_names(runnable),
                    "Choose one by its name");
    return runnable.front();
}

/// Follows nested indexes down to a manifest that runs on this machine.
Result<Descriptor> find_manifest(const ImportJob& job, Descriptor descriptor, BlobOrigin& origin) {
    for (int depth = 0; depth < deepest_nesting; ++depth) {
        const MediaKind kind = media_kind(descriptor.media_type);
        if (kind != MediaKind::index && kind != MediaKind::manifest)
            return fail(ErrorKind::unsupported, "import", job.source.string(),
                        "\"" + descriptor.media_type + "\" is not a container image");
        ISOLAB_TRY(origin.fetch(descriptor));
        if (kind == MediaKind::manifest)
            return descriptor;
        ISOLAB_ASSIGN(const std::string text, job.stage.text(descriptor.digest));
        ISOLAB_ASSIGN(const auto entries, parse_index(text, "index " + descriptor.digest.text()));
        ISOLAB_ASSIGN(const auto runnable, runnable_entries(entries, job.source.string()));
        descriptor = runnable.front().descriptor;
    }
    return fail(ErrorKind::corrupt, "import", job.source.string(), "its indexes are nested too deeply");
}

class FolderOrigin final : public BlobOrigin {
  public:
    FolderOrigin(const ImportJob& job, UniqueFd root) : job_(job), root_(std::move(root)) {}

    Result<void> fetch(const Descriptor& descriptor) override {
        if (job_.stage.has(descriptor))
            return {};
        const std::string path = "blobs/" + descriptor.digest.algorithm() + "/" + descriptor.digest.hex();
        const std::string shown = (job_.source / path).string();
        Result<UniqueFd> fd = open_in_root(root_.get(), path, O_RDONLY | O_NONBLOCK);
        if (!fd && fd.error().kind == ErrorKind::not_found)
            return fail(ErrorKind::corrupt, "read", shown, "the blob is missing",
                        "The layout is incomplete; copy it again");
        if (!fd)
            return fail(fd.error().within("import", job_.source.string()));
        ISOLAB_ASSIGN(UniqueFd regular, require_regular_file(std::move(*fd), shown));
        FileSource file(std::move(regular), shown, job_.watch);
        return job_.stage.add_verified(file, descriptor);
    }

  private:
    const ImportJob& job_;
    UniqueFd root_;
};

} // namespace

Result<ImportedImage> import_layout(const ImportJob& job, const LayoutDocuments& documents, BlobOrigin& origin) {
    const std::string subject = job.source.string();
    ISOLAB_ASSIGN(const Json layout, parse_json(documents.oci_layout, "oci-layout of " + subject));
    ISOLAB_ASSIGN(const std::string version, json_string(layout, "imageLayoutVersion", "oci-layout of " + subject));
    if (version != "1.0.0")
        return fail(ErrorKind::unsupported, "import", subject, "image layout version \"" + version + "\" is not known");
    ISOLAB_ASSIGN(const IndexEntry entry, choose_entry(job, documents.index));
    ISOLAB_ASSIGN(std::string name, choose_name(job, entry.name));
    ISOLAB_ASSIGN(const Descriptor found, find_manifest(job, entry.descriptor, origin));
    ISOLAB_ASSIGN(const std::string text, job.stage.text(found.digest));
    ISOLAB_ASSIGN(const Manifest manifest, parse_manifest(text, "manifest " + found.digest.text()));
    ISOLAB_TRY(origin.fetch(manifest.config));
    ISOLAB_ASSIGN(const std::string config_text, job.stage.text(manifest.config.digest));
    ISOLAB_ASSIGN(const ImageConfig config, parse_image_config(config_text, name));
    if (config.diff_ids.size() != manifest.layers.size())
        return fail(ErrorKind::corrupt, "import", subject,
                    "its configuration and its manifest differ in the number of layers");
    ImportedImage image{found, {found.digest, manifest.config.digest}, std::move(name)};
    for (const Descriptor& layer : manifest.layers) {
        ISOLAB_TRY(origin.fetch(layer));
        image.blobs.push_back(layer.digest);
    }
    return image;
}

Result<ImportedImage> import_layout_folder(const ImportJob& job) {
    ISOLAB_ASSIGN(UniqueFd root, open_directory(job.source));
    const std::string subject = job.source.string();
    if (::faccessat(root.get(), "oci-layout", F_OK, 0) != 0 || ::faccessat(root.get(), "index.json", F_OK, 0) != 0)
        return fail(ErrorKind::invalid_argument, "import", subject,
                    "the folder is not an OCI image layout (it has no oci-layout and index.json)",
                    "Give a layout folder, an image archive or a tar of a root file system");
    ISOLAB_ASSIGN(std::string version, read_file(job.source / "oci-layout", 4096));
    ISOLAB_ASSIGN(std::string index, read_file(job.source / "index.json", 4U << 20U));
    FolderOrigin origin(job, std::move(root));
    return import_layout(job, {std::move(version), std::move(index)}, origin);
}

} // namespace isolab
