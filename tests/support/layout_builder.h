// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/image/image.h"

namespace isolab::test {

/// Makes an OCI image layout in a folder out of layers in memory. Each step can be called with false data.
class LayoutBuilder {
  public:
    explicit LayoutBuilder(const std::filesystem::path& folder);

    /// Writes a blob under its digest and describes it.
    Json blob(const std::string& media_type, const std::string& content) const;
    /// A configuration for uncompressed layers.
    std::string config(const std::vector<std::string>& layers) const;
    /// Configuration, layers and manifest; the manifest's descriptor.
    Json image(const std::vector<std::string>& layers) const;
    void index(const Json& manifests) const;

    /// Everything at once: an image of these uncompressed layers, named by a bare tag or a full name.
    void build(const std::vector<std::string>& layers, const std::string& name) const;

  private:
    std::filesystem::path folder_;
};

} // namespace isolab::test
