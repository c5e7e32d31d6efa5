// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <sys/stat.h>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"
#include "engine/launcher/copy/copy_rules.h"

namespace isolab::launcher {

/// Where the paths of one end of a copy are looked up: on the host, beginning at a directory, or in a container, whose
/// root no path leaves.
class CopySide {
  public:
    /// `directory` is borrowed; AT_FDCWD: the current one.
    static CopySide host(int directory) { return CopySide(directory, false); }
    /// `root` is borrowed.
    static CopySide container(int root) { return CopySide(root, true); }

    Result<UniqueFd> open(const std::string& path, int flags) const;

    /// The path with its last component resolved for as long as it is a symbolic link; what the last link names may be
    /// missing.
    Result<std::string> without_last_link(std::string path) const;

  private:
    CopySide(int directory, bool confined) : directory_(directory), confined_(confined) {}
    int directory_;
    bool confined_;
};

/// What is copied.
struct CopySource {
    UniqueFd fd; ///< O_PATH
    struct stat status {};
    std::string name;     ///< in a destination that is a directory
    bool content = false; ///< what is in it, not the directory itself: "DIR/.", or "/"
};

/// `follow`: a symbolic link as the last component means what it leads to.
Result<CopySource> open_source(const CopySide& side, const std::string& path, bool follow);

/// Copies to `path` by the rules of cp(1) and `docker cp`: into a directory that exists, under the source's name, or
/// its content with CopySource::content; otherwise to a new name in a directory that exists, or over a file.
/// not_found: the directory does not exist; already_exists: a directory over a file, or the reverse.
Result<void> copy_to(const CopySource& source, const CopySide& side, const std::string& path, const CopyRules& rules);

} // namespace isolab::launcher
