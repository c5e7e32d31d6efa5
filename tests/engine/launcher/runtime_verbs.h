// SPDX-License-Identifier: GPL-3.0-or-later
//
// The runtime as a container manager calls it: one process a verb, with a folder of states of its own.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/file_tree.h"
#include "tests/engine/launcher/bundle.h"
#include "tests/support/verify.h"

#include <QtTest>

namespace isolab::test {

/// Base of tests that call verbs on one container of one bundle.
class RuntimeVerbs {
  protected:
    explicit RuntimeVerbs(const std::string& name) : id(test_container(name)) {}

    const std::string id; // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members): nobody copies a test
    std::filesystem::path root() const { return bundle_.path() / "run"; }
    std::filesystem::path states() const { return root() / "containers"; }
    /// The name of the bundle is also that of the control group.
    std::string traces() const { return host_traces({bundle_.path().filename().string(), id}); }
    std::string base_command() const { return launcher_path() + " --root " + root().string(); }

    CommandOutput runtime(const std::vector<std::string>& arguments) const {
        std::vector<std::string> argv{launcher_path(), "--root", root().string()};
        argv.insert(argv.end(), arguments.begin(), arguments.end());
        auto output = run_command(argv, {}, patience);
        return output ? *output : CommandOutput{-1, "", output.error().message()};
    }

    /// A verb whose container outlives it: that inherits the output, and a pipe would stay open as long as it lives.
    CommandOutput runtime_detached(const std::string& arguments) const {
        const std::string errors = (bundle_.path() / "errors").string();
        auto output =
            run_command({"sh", "-c", base_command() + " " + arguments + " >/dev/null 2>" + errors + " </dev/null"});
        if (!output)
            return CommandOutput{-1, "", output.error().message()};
        output->err = read_file(errors).value_or("");
        return *output;
    }

    Bundle bundle_;
    std::string before_;
};

} // namespace isolab::test
