// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace isolab {

/// What a media type says about a blob (OCI image spec 1.1, media-types.md, and Docker's image manifest V2, schema 2).
enum class MediaKind {
    manifest,
    index,
    config,
    layer,
    foreign_layer, ///< a layer that may not be distributed and would have to be fetched from elsewhere
    unknown,
};

MediaKind media_kind(std::string_view media_type) noexcept;

namespace media_type {
inline constexpr std::string_view manifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view index = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view config = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view layer = "application/vnd.oci.image.layer.v1.tar";
} // namespace media_type

/// Annotation of an index entry that holds the image's name (annotations.md).
inline constexpr const char* ref_name_annotation = "org.opencontainers.image.ref.name";

} // namespace isolab
