// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <sys/types.h>

#include "tests/support/patience.h"
#include "tests/support/program.h"

namespace isolab::test {

/// What `isolab container ls --all` says of one container.
struct ListedContainer {
    std::string name;
    std::string state; ///< "created", "running", …
};

/// `isolab run` and `isolab container` in tests, on a data folder of their own, and what is true of their containers.
class ContainerProgram : public Program {
  public:
    using Program::Program;

    CommandOutput container(std::vector<std::string> arguments) const;
    /// `run --network none OPTIONS IMAGE sh -c SCRIPT`.
    CommandOutput run_shell(const std::vector<std::string>& options, const std::string& script) const;
    std::vector<std::string> run_words(const std::vector<std::string>& options, const std::string& script) const;
    /// A field of `container inspect`, ".State.Pid".
    std::string field(const std::string& name, const std::string& form) const;

    /// By id; throws std::runtime_error when the list cannot be had.
    std::map<std::string, ListedContainer> list() const;
    /// What is wrong with the list: a container that runs has a live first process of its own, one that does not has no
    /// process at all. Empty: it is true.
    std::string untruths() const;

    /// Processes that are in a control group of that id.
    static std::set<pid_t> processes_in(const std::string& id);
    /// Processes that have all of `words` and this data folder on their command line.
    std::set<pid_t> processes_with(const std::vector<std::string>& words) const;
};

} // namespace isolab::test
