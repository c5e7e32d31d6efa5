// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/subprocess.h"
#include "engine/runtime/runtime_spec.h"

namespace isolab::test {

/// The id "isolab-PIDx-NAME" of a container of this process's tests: no other test has it, nor another run of this one.
std::string test_container(const std::string& name = "test");

/// An OCI bundle with static busybox in a temporary folder, removed at the end.
class Bundle {
  public:
    Bundle();
    ~Bundle();
    Bundle(const Bundle&) = delete;
    Bundle& operator=(const Bundle&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path rootfs() const { return path_ / "rootfs"; }

    /// Our own default specification over this root; change it freely.
    RuntimeSpec spec(const std::vector<std::string>& args) const;

    /// Writes config.json and runs the launcher on it.
    CommandOutput run(const RuntimeSpec& spec, const std::string& id = test_container()) const;
    CommandOutput run_shell(const std::string& script) const;
    void write(const RuntimeSpec& spec) const;

  private:
    std::filesystem::path path_;
};

/// Path of the launcher that was built with this test.
std::string launcher_path();

/// Where a line of /proc/PID/mountinfo says that something is mounted: its fifth field.
std::string place_of_mount(const std::string& line);

/// What containers could leave behind on this machine: mounts, control groups and processes that name one of `marks`
/// (folders and ids of the containers). Other people's containers do not show.
std::string host_traces(const std::set<std::string>& marks);

} // namespace isolab::test
