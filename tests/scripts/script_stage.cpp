// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/scripts/script_stage.h"

#include <cstdlib>
#include <stdexcept>

namespace isolab::test {

namespace fs = std::filesystem;

ScriptStage::ScriptStage() : folder_(make_temporary_directory(fs::temp_directory_path(), "isolab-script-").value()) {
    fs::create_directories(path() / "bin");
    fs::create_directories(path() / "tmp");
}

void ScriptStage::file(const std::string& name, const std::string& content, mode_t mode) const {
    fs::create_directories((path() / name).parent_path());
    if (const auto written = write_file_atomically(path() / name, content, mode); !written)
        throw std::runtime_error(written.error().message());
}

CommandOutput ScriptStage::run(const std::vector<std::string>& command) const {
    const char* programs = std::getenv("PATH"); // NOLINT(concurrency-mt-unsafe): never set by us
    std::vector<std::string> line{"env",
                                  "-C",
                                  path(),
                                  "PATH=" + (path() / "bin").string() + ":" + (programs != nullptr ? programs : ""),
                                  "TMPDIR=" + (path() / "tmp").string(),
                                  "STAGE=" + path().string(),
                                  "ISOLAB_ROOT=" + (path() / "data").string(),
                                  "LC_ALL=C.UTF-8",
                                  "LANGUAGE=de",
                                  "bash",
                                  "-c",
                                  "exec \"$@\" 2>&1",
                                  "bash"};
    line.insert(line.end(), command.begin(), command.end());
    auto output = run_command(line, {}, std::chrono::minutes(1));
    return output ? std::move(*output) : CommandOutput{-1, output.error().message(), ""};
}

} // namespace isolab::test
