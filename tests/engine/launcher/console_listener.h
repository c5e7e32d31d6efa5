// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/unique_fd.h"

namespace isolab::test {

/// What a container manager's shim does at a console socket: it receives the terminal's master end and talks to it.
class ConsoleListener {
  public:
    explicit ConsoleListener(std::filesystem::path path);

    std::string path() const { return path_.string(); }

    /// Takes the master end of the next connection; false when none comes within 10 s.
    bool accept();

    /// Reads until `text` was seen; false after 10 s.
    bool read_until(const std::string& text);
    void write(const std::string& text) const;
    const std::string& seen() const { return seen_; }

  private:
    std::filesystem::path path_;
    UniqueFd listener_;
    UniqueFd master_;
    std::string seen_;
};

} // namespace isolab::test
