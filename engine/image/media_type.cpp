// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/image/media_type.h"

#include <algorithm>
#include <array>

namespace isolab {
namespace {

struct KnownType {
    std::string_view text;
    MediaKind kind;
};
constexpr std::array known_types{
    KnownType{media_type::manifest, MediaKind::manifest},
    KnownType{"application/vnd.docker.distribution.manifest.v2+json", MediaKind::manifest},
    KnownType{media_type::index, MediaKind::index},
    KnownType{"application/vnd.docker.distribution.manifest.list.v2+json", MediaKind::index},
    KnownType{media_type::config, MediaKind::config},
    KnownType{"application/vnd.docker.container.image.v1+json", MediaKind::config},
    KnownType{media_type::layer, MediaKind::layer},
    KnownType{"application/vnd.oci.image.layer.v1.tar+gzip", MediaKind::layer},
    KnownType{"application/vnd.oci.image.layer.v1.tar+zstd", MediaKind::layer},
    KnownType{"application/vnd.docker.image.rootfs.diff.tar", MediaKind::layer},
    KnownType{"application/vnd.docker.image.rootfs.diff.tar.gzip", MediaKind::layer},
    KnownType{"application/vnd.docker.image.rootfs.diff.tar.zstd", MediaKind::layer},
    KnownType{"application/vnd.oci.image.layer.nondistributable.v1.tar", MediaKind::foreign_layer},
    KnownType{"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", MediaKind::foreign_layer},
    KnownType{"application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", MediaKind::foreign_layer},
    KnownType{"application/vnd.docker.image.rootfs.foreign.diff.tar", MediaKind::foreign_layer},
    KnownType{"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", MediaKind::foreign_layer},
};

} // namespace

MediaKind media_kind(std::string_view media_type) noexcept {
    const auto* const found = std::ranges::find(known_types, media_type, &KnownType::text);
    return found != known_types.end() ? found->kind : MediaKind::unknown;
}

} // namespace isolab
