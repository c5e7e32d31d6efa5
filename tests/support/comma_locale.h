// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/file_tree.h"

namespace isolab::test {

/// A locale of its own whose decimal point is a comma, wherever the host has none installed: made by localedef(1) of
/// the package `locales`, which also has its source.
class CommaLocale {
  public:
    /// Throws std::runtime_error when it cannot be made.
    CommaLocale();
    /// The process is in the locale "C" again.
    ~CommaLocale();
    CommaLocale(const CommaLocale&) = delete;
    CommaLocale& operator=(const CommaLocale&) = delete;

    /// Puts this process into it.
    void enter() const;
    /// The variables of a program that is to run in it, "NAME=value".
    std::vector<std::string> variables() const;

  private:
    TemporaryTree folder_;
};

} // namespace isolab::test
