// SPDX-License-Identifier: GPL-3.0-or-later
//
// isolab-container-helper: what must happen to a named container when no program of its user is there.
//
//   isolab-container-helper ROOT tidy ID                 its supervisor calls this when it has ended for good
//   isolab-container-helper ROOT network-start ID FILE   a hook of its runtime, where its network needs its first
//                                                        process: the container's state comes on standard input, the
//                                                        name servers go into FILE (resolv.conf(5))
//
// ROOT is the data folder. Exit code 1 and one line on standard error when it fails, 2 when it was called wrongly.
#include <cstdio>
#include <string>
#include <vector>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/standard_streams.h"
#include "engine/containers/container_network.h"
#include "engine/engine.h"

namespace isolab {
namespace {

Result<void> tidy(const std::filesystem::path& root, const std::string& id) {
    EngineOptions options;
    options.root = root;
    ISOLAB_ASSIGN(const std::unique_ptr<Engine> engine, Engine::open(options));
    ISOLAB_ASSIGN(Containers containers, engine->containers());
    return containers.tidy_up(id, {});
}

Result<void> start_network(const std::filesystem::path& root, const std::string& id, const std::string& name_servers) {
    constexpr std::uint64_t largest_state = 1U << 20U;
    ISOLAB_ASSIGN(const std::string text, read_file("/dev/stdin", largest_state));
    ISOLAB_ASSIGN(const Json state, parse_json(text, "the container's state"));
    ISOLAB_ASSIGN(const auto pid, json_optional_unsigned(state, "pid", "the container's state"));
    return ContainerNetwork(root).start_late(id, static_cast<pid_t>(pid.value_or(0)), name_servers);
}

int report(const Result<void>& done) {
    if (done)
        return 0;
    std::fprintf(stderr, "isolab-container-helper: %s\n", done.error().message().c_str());
    return 1;
}

} // namespace
} // namespace isolab

int main(int count, char** arguments) {
    isolab::block_closed_standard_streams();
    const std::vector<std::string> words(arguments + 1, arguments + count);
    if (words.size() == 3 && words[1] == "tidy")
        return isolab::report(isolab::tidy(words[0], words[2]));
    if (words.size() == 4 && words[1] == "network-start")
        return isolab::report(isolab::start_network(words[0], words[2], words[3]));
    std::fputs("usage: isolab-container-helper ROOT tidy ID | ROOT network-start ID FILE\n", stderr);
    return 2;
}
