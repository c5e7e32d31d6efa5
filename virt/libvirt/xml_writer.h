// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace isolab {

/// Writes one XML 1.0 document, two spaces of indentation per level. Text and attribute values are escaped; bytes
/// that XML cannot carry (control characters) are replaced by U+FFFD. Element and attribute names are the program's
/// own and are written as they are.
class XmlWriter {
  public:
    using Attributes = std::initializer_list<std::pair<std::string_view, std::string>>;

    /// Begins an element; every begin() needs its end().
    XmlWriter& begin(std::string_view name, Attributes attributes = {});
    XmlWriter& end();
    /// An element without content.
    XmlWriter& empty(std::string_view name, Attributes attributes = {});
    /// An element with text only.
    XmlWriter& text(std::string_view name, std::string_view content, Attributes attributes = {});

    /// The document so far; complete when every element has ended.
    const std::string& document() const noexcept { return document_; }

  private:
    void open(std::string_view name, Attributes attributes, std::string_view closing);
    std::string document_;
    std::vector<std::string> open_;
};

} // namespace isolab
