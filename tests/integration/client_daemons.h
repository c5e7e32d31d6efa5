// SPDX-License-Identifier: GPL-3.0-or-later
//
// What tests of other people's container managers share: an image of busybox, and daemons that are theirs alone.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/subprocess.h"

namespace isolab::test {

/// A root file system with static busybox and links for `commands`.
void make_busybox_root(const std::filesystem::path& root, const std::vector<std::string>& commands);

/// A program that runs until this object goes; its output is added to a log.
class Daemon {
  public:
    /// Returns when `is_ready`; timeout, with the log's end, when it is not in time.
    static Result<Daemon> start(const std::vector<std::string>& argv, const std::filesystem::path& log,
                                const std::function<bool()>& is_ready);

    /// Asks it to end (SIGTERM) and waits. timeout when it did not in time; it is killed then.
    Result<void> end();

  private:
    Daemon(ChildProcess process, std::string name) : process_(std::move(process)), name_(std::move(name)) {}

    ChildProcess process_;
    std::string name_;
};

/// A containerd with its socket, state and data in one folder. It runs no CRI and reads no configuration of the host.
class Containerd {
  public:
    static Result<Containerd> start(const std::filesystem::path& folder);
    Result<void> end() { return daemon_.end(); }

    const std::string& address() const noexcept { return address_; }

  private:
    Containerd(Daemon daemon, std::string address) : daemon_(std::move(daemon)), address_(std::move(address)) {}

    Daemon daemon_;
    std::string address_;
};

/// Folders below /run that these daemons make whatever they are told.
class FixedFolders {
  public:
    FixedFolders();

    /// Removes those that were not there at the beginning. Returns those that are not empty, one a line.
    std::string remove_new() const;

  private:
    std::vector<std::filesystem::path> missing_; ///< at the beginning, inner ones first
};

/// A control group for all containers of one test, beside those of other people.
class ParentGroup {
  public:
    /// "/isolab-WHAT-PID".
    explicit ParentGroup(const std::string& what);

    const std::string& path() const noexcept { return path_; }
    std::string name() const { return path_.substr(1); }

    /// Groups of containers that are still there, one a line.
    std::string left_behind() const;

    /// Removes the group, which the runtime made on its way to those of its containers.
    Result<void> remove() const;

  private:
    std::string path_;
};

} // namespace isolab::test
