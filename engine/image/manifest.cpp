// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/image/manifest.h"

#include "engine/base/json.h"
#include "engine/image/media_type.h"

namespace isolab {
namespace {

constexpr std::size_t most_layers = 500;
constexpr std::size_t most_entries = 10'000;

tl::unexpected<Error> malformed(const std::string& subject, std::string cause) {
    return fail(ErrorKind::corrupt, "read", subject, std::move(cause));
}

/// The rules that manifests and indexes share: schema 2, the declared type, and not both kinds at once.
Result<Json> parse_document(std::string_view text, const std::string& subject, MediaKind expected) {
    ISOLAB_ASSIGN(Json document, parse_json(text, subject));
    if (!document.is_object())
        return malformed(subject, "it is not a JSON object");
    const bool has_manifests = document.contains("manifests");
    const bool has_layers = document.contains("layers") || document.contains("config");
    if (has_manifests && has_layers)
        return malformed(subject, "it claims to be an image manifest and an image index at once");
    ISOLAB_ASSIGN(const auto version, json_optional_unsigned(document, "schemaVersion", subject));
    if (version == 1U)
        return fail(ErrorKind::unsupported, "read", subject, "image manifests of schema 1 are not supported",
                    "Save the image again with a present version of its tool");
    if (version != 2U)
        return malformed(subject, "its schemaVersion is not 2");
    ISOLAB_ASSIGN(const auto type, json_optional_string(document, "mediaType", subject));
    if (type && media_kind(*type) != expected)
        return malformed(subject, "its mediaType \"" + *type + "\" is not what it is used as");
    const char* const list = expected == MediaKind::index ? "manifests" : "layers";
    if (!document.contains(list) || !document.at(list).is_array())
        return malformed(subject, std::string("its list of ") + list + " is missing");
    return document;
}

Result<void> check_layer(const Descriptor& layer, const std::string& subject) {
    const MediaKind kind = media_kind(layer.media_type);
    if (kind == MediaKind::layer)
        return {};
    if (kind == MediaKind::foreign_layer)
        return fail(ErrorKind::unsupported, "use", subject,
                    "its layer " + layer.digest.short_hex() + " is kept elsewhere (a foreign layer)",
                    "Use an image that contains all of its layers");
    return fail(ErrorKind::unsupported, "use", subject, "its layer type \"" + layer.media_type + "\" is not known");
}

Result<std::optional<std::string>> annotation(const Json& entry, const char* key, const std::string& subject) {
    const auto annotations = entry.find("annotations");
    if (annotations == entry.end() || annotations->is_null())
        return std::optional<std::string>{};
    return json_optional_string(*annotations, key, subject);
}

Result<std::optional<Platform>> parse_platform(const Json& entry, const std::string& subject) {
    const auto field = entry.find("platform");
    if (field == entry.end() || field->is_null())
        return std::optional<Platform>{};
    ISOLAB_ASSIGN(const auto os, json_optional_string(*field, "os", subject));
    ISOLAB_ASSIGN(const auto architecture, json_optional_string(*field, "architecture", subject));
    return std::optional(Platform{os.value_or(""), architecture.value_or("")});
}

Result<IndexEntry> parse_entry(const Json& object, const std::string& subject) {
    ISOLAB_ASSIGN(Descriptor descriptor, parse_descriptor(object, subject));
    IndexEntry entry{std::move(descriptor), {}, {}, false};
    ISOLAB_ASSIGN(entry.platform, parse_platform(object, subject));
    ISOLAB_ASSIGN(entry.name, annotation(object, "io.containerd.image.name", subject));
    if (!entry.name) {
        ISOLAB_ASSIGN(entry.name, annotation(object, ref_name_annotation, subject));
    }
    ISOLAB_ASSIGN(const auto reference, annotation(object, "vnd.docker.reference.type", subject));
    entry.attestation = reference.has_value();
    return entry;
}

} // namespace

Result<Descriptor> parse_descriptor(const Json& object, const std::string& subject) {
    ISOLAB_ASSIGN(std::string type, json_string(object, "mediaType", subject));
    ISOLAB_ASSIGN(const std::string digest_text, json_string(object, "digest", subject));
    ISOLAB_ASSIGN(const auto size, json_optional_unsigned(object, "size", subject));
    Result<Digest> digest = Digest::parse(digest_text);
    if (!digest)
        return fail(std::move(digest).error().within("read", subject));
    if (!size)
        return malformed(subject, "a size is missing");
    return Descriptor{std::move(type), std::move(*digest), *size};
}

Json render_descriptor(const Descriptor& descriptor) {
    return Json{{"mediaType", descriptor.media_type}, {"digest", descriptor.digest.text()}, {"size", descriptor.size}};
}

Result<Manifest> parse_manifest(std::string_view text, const std::string& subject) {
    ISOLAB_ASSIGN(const Json document, parse_document(text, subject, MediaKind::manifest));
    if (!document.contains("config"))
        return malformed(subject, "its config is missing");
    ISOLAB_ASSIGN(Descriptor config, parse_descriptor(document.at("config"), subject));
    if (media_kind(config.media_type) != MediaKind::config)
        return fail(ErrorKind::unsupported, "use", subject,
                    "it is not a container image (its config is \"" + config.media_type + "\")");
    Manifest manifest{std::move(config), {}};
    if (document.at("layers").size() > most_layers)
        return malformed(subject, "it has more than " + std::to_string(most_layers) + " layers");
    for (const Json& item : document.at("layers")) {
        ISOLAB_ASSIGN(Descriptor layer, parse_descriptor(item, subject));
        ISOLAB_TRY(check_layer(layer, subject));
        manifest.layers.push_back(std::move(layer));
    }
    return manifest;
}

Result<std::vector<IndexEntry>> parse_index(std::string_view text, const std::string& subject) {
    ISOLAB_ASSIGN(const Json document, parse_document(text, subject, MediaKind::index));
    std::vector<IndexEntry> entries;
    if (document.at("manifests").size() > most_entries)
        return malformed(subject, "it has more than " + std::to_string(most_entries) + " entries");
    for (const Json& item : document.at("manifests")) {
        ISOLAB_ASSIGN(IndexEntry entry, parse_entry(item, subject));
        entries.push_back(std::move(entry));
    }
    return entries;
}

std::string render_manifest(const Manifest& manifest) {
    Json layers = Json::array();
    for (const Descriptor& layer : manifest.layers)
        layers.push_back(render_descriptor(layer));
    return Json{{"schemaVersion", 2},
                {"mediaType", media_type::manifest},
                {"config", render_descriptor(manifest.config)},
                {"layers", std::move(layers)}}
        .dump();
}

Platform host_platform() {
#if defined(__x86_64__)
    return {"linux", "amd64"};
#elif defined(__aarch64__)
    return {"linux", "arm64"};
#elif defined(__riscv)
    return {"linux", "riscv64"};
#else
#error "name this processor as Go does"
#endif
}

bool runs_here(const Platform& platform) {
    const Platform host = host_platform();
    return (platform.os.empty() || platform.os == host.os) &&
           (platform.architecture.empty() || platform.architecture == host.architecture);
}

} // namespace isolab
