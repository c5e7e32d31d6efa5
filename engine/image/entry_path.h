// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"

namespace isolab {

/// What an entry's name means in a layer (OCI image spec 1.1, layer.md, "Whiteouts").
enum class EntryMeaning {
    content,  ///< an ordinary file or directory
    whiteout, ///< hides `name` of the layers below
    opaque,   ///< hides everything that the layers below have in `parent`
    ignored,  ///< bookkeeping of other union file systems (".wh..wh.aufs")
};

/// The name of a tar entry, checked and taken apart.
struct EntryPath {
    EntryMeaning meaning = EntryMeaning::content;
    std::string parent; ///< relative, normalised; empty for the layer's root
    std::string name;   ///< empty for the layer's root itself
    std::size_t depth = 0;

    std::string path() const { return parent.empty() ? name : parent + "/" + name; }
};

/// Pure. Refuses, with an Error of kind corrupt that names the entry: absolute names, ".." components, NUL bytes,
/// components beyond 255 and names beyond 4095 bytes, and whiteouts of nothing, "." or "..". "./" in front and
/// doubled or trailing slashes are harmless and accepted.
Result<EntryPath> parse_entry_path(std::string_view name);

} // namespace isolab
