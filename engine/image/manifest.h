// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/json_fwd.h"
#include "engine/image/image.h"

namespace isolab {

/// An image manifest (OCI image spec 1.1, manifest.md; Docker image manifest V2, schema 2).
struct Manifest {
    Descriptor config;
    std::vector<Descriptor> layers; ///< lowest first
};

/// Operating system and processor in Go's names; an absent platform matches any machine.
struct Platform {
    std::string os;
    std::string architecture;
};

/// One line of an image index (image-index.md).
struct IndexEntry {
    Descriptor descriptor;
    std::optional<Platform> platform;
    std::optional<std::string> name; ///< annotation org.opencontainers.image.ref.name or io.containerd.image.name
    bool attestation = false;        ///< build provenance beside an image, never an image itself
};

/// Parses an image manifest. `subject` names the document in errors. corrupt: malformed, or both a manifest and an
/// index (such a document means different images to different readers); unsupported: an artifact that is no runnable
/// image, a foreign layer, or schema 1.
Result<Manifest> parse_manifest(std::string_view text, const std::string& subject);

/// Parses an image index or Docker manifest list; errors as above.
Result<std::vector<IndexEntry>> parse_index(std::string_view text, const std::string& subject);

/// The manifest document for a config and layers, as canonical text (the digest of which is the image's identity).
std::string render_manifest(const Manifest& manifest);

/// A descriptor as JSON, and back.
Json render_descriptor(const Descriptor& descriptor);
Result<Descriptor> parse_descriptor(const Json& object, const std::string& subject);

/// The platform this program was built for: linux and its processor.
Platform host_platform();
bool runs_here(const Platform& platform);

} // namespace isolab
