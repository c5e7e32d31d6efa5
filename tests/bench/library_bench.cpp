// SPDX-License-Identifier: GPL-3.0-or-later
//
// library-bench ROOT RUNS: a container of the default image from its start to its end, by the engine in this process,
// and what the kernel alone needs for one, in turns. ROOT is a data folder with the image. Prints
// {"cases": {CASE: {NAME: [seconds, ...]}}}.
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include <unistd.h>

#include "engine/base/json.h"
#include "engine/engine.h"
#include "tests/bench/bare_clone.h"
#include "tests/support/places.h"

using namespace isolab;
using namespace isolab::test;
using namespace isolab::bench;

namespace {

constexpr const char* program = "/bin/true";
constexpr useconds_t pause_us = 50'000; // as most containers are started: not right after another one

class Deaf : public InstanceObserver {
    void on_mark(const PhaseMark& /*mark*/) override {}
    void on_output(OutputStream /*stream*/, std::string_view /*bytes*/, Nanoseconds /*at*/) override {}
    void on_probe_ready(Nanoseconds /*at*/, std::optional<Nanoseconds> /*cpu*/) override {}
    void on_exit(const ExitStatus& /*status*/, Nanoseconds /*at*/, std::optional<Nanoseconds> /*cpu*/) override {}
};

Result<int> run_container(Engine& engine, const ContainerRequest& request) {
    Deaf deaf;
    ISOLAB_ASSIGN(const auto container, engine.start(request, deaf, {}));
    ISOLAB_ASSIGN(const ContainerExit ended, container->wait({}));
    return ended.status.code;
}

template <class Act> Result<double> seconds_of(Act act) {
    ::usleep(pause_us);
    const Nanoseconds begin = monotonic_now();
    ISOLAB_ASSIGN(const int code, act());
    const Nanoseconds took = monotonic_now() - begin;
    if (code != 0)
        return fail(ErrorKind::system, "run", program, "it ended with " + std::to_string(code));
    return std::chrono::duration<double>(took).count();
}

Result<Json> measure(const std::filesystem::path& root, int runs) {
    EngineOptions options;
    options.root = root;
    options.launcher = program_file("isolab-runtime");
    ISOLAB_ASSIGN(const auto engine, Engine::open(options));
    ISOLAB_ASSIGN(const Image image, engine->images().find("isolab/default"));
    NoProgress silent;
    ISOLAB_TRY(engine->layers().ensure(engine->images(), image, silent, {}));
    ISOLAB_ASSIGN(const ProcessSpec process, engine->resolve_process(image, {{program}, {}, {}, {}}));
    ISOLAB_ASSIGN(const ContainerSettings settings, measured_settings(process, {}));
    const ContainerRequest request{image, settings, {}};
    BareClone bare;
    bare.layers = engine->layers().lowers(image);
    bare.scratch = root / "bare";
    bare.program = program;
    bare.hierarchies = v1_hierarchies();
    std::filesystem::create_directories(bare.scratch);
    Json ours = Json::array();
    Json kernel = Json::array();
    for (int run = -1; run < runs; ++run) { // the first one warms up
        ISOLAB_ASSIGN(const double by_us, seconds_of([&] { return run_container(*engine, request); }));
        ISOLAB_ASSIGN(const double alone, seconds_of([&] { return bare.run(); }));
        if (run < 0)
            continue;
        ours.push_back(by_us);
        kernel.push_back(alone);
    }
    return Json{{"cases", {{"library, overlay", {{"engine", ours}, {"bare clone", kernel}}}}}};
}

} // namespace

int main(int argc, char** argv) {
    const int runs = argc == 3 ? std::atoi(argv[2]) : 0; // NOLINT(cert-err34-c): 0 is refused
    if (runs <= 0) {
        std::fputs("usage: library-bench ROOT RUNS\n", stderr);
        return 2;
    }
    const auto result = measure(argv[1], runs);
    if (!result) {
        std::cerr << "library-bench: " << result.error().message() << '\n';
        return 1;
    }
    std::cout << result->dump() << '\n';
    return 0;
}
