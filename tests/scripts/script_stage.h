// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"

namespace isolab::test {

/// A folder in which a script runs with stand-ins for the programs it calls, speaking German to whoever does not ask
/// for the language C.
class ScriptStage {
  public:
    ScriptStage();

    const std::filesystem::path& path() const noexcept { return folder_.path(); }
    /// Writes a file and the folders above it.
    void file(const std::string& name, const std::string& content, mode_t mode = 0644) const;
    /// Writes an executable shell script; in "bin" it stands in for a program.
    void script(const std::string& name, const std::string& body) const { file(name, "#!/bin/bash\n" + body, 0755); }
    /// Exit code, and both streams in `out`.
    CommandOutput run(const std::vector<std::string>& command) const;

  private:
    TemporaryTree folder_;
};

} // namespace isolab::test
