// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/image/imported_image.h"

namespace isolab {

/// Where the blobs of an OCI layout come from: a folder or an archive.
class BlobOrigin {
  public:
    virtual ~BlobOrigin() = default;
    /// Stages a blob after checking its digest and size; corrupt when the source lacks it.
    virtual Result<void> fetch(const Descriptor& descriptor) = 0;
};

/// The two documents at the top of a layout (OCI image spec 1.1, image-layout.md).
struct LayoutDocuments {
    std::string oci_layout; ///< content of "oci-layout"
    std::string index;      ///< content of "index.json"
};

/// Picks one image out of a layout (by the wanted name, then by this machine's platform, through nested indexes) and
/// fetches its blobs. invalid_argument, naming them, when several images remain.
Result<ImportedImage> import_layout(const ImportJob& job, const LayoutDocuments& documents, BlobOrigin& origin);

/// The same for a layout in a folder.
Result<ImportedImage> import_layout_folder(const ImportJob& job);

} // namespace isolab
