// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"

namespace isolab {

/// isolab-runtime as the engine starts it: from a sealed copy in memory, so that no container can ever write to the
/// file it runs from and it need not protect itself at each start. Immutable after open(); any thread may use it.
class LauncherProgram {
  public:
    /// `wanted` empty: beside this program, then PATH. unavailable when there is none.
    static Result<LauncherProgram> open(const std::filesystem::path& wanted);

    /// Where open() would find it.
    static Result<std::filesystem::path> find(const std::filesystem::path& wanted);

    /// A path to execute; valid in this process and its children while the object lives.
    const std::string& executable() const noexcept { return executable_; }

  private:
    LauncherProgram(UniqueFd copy, std::string executable)
        : copy_(std::move(copy)), executable_(std::move(executable)) {}
    UniqueFd copy_;
    std::string executable_;
};

} // namespace isolab
