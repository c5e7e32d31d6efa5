// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "engine/engine.h"
#include "tests/engine/launcher/bundle.h"
#include "tests/support/created_names.h"
#include "tests/support/verify.h"

#include <QtTest>

namespace isolab::test {

/// Keeps what a container tells.
class Recorder final : public InstanceObserver {
  public:
    void on_mark(const PhaseMark& mark) override {
        const std::lock_guard lock(mutex_);
        marks.push_back(mark);
    }
    void on_output(OutputStream stream, std::string_view bytes, Nanoseconds) override {
        const std::lock_guard lock(mutex_);
        (stream == OutputStream::out ? out : err) += bytes;
    }
    void on_probe_ready(Nanoseconds at, std::optional<Nanoseconds>) override { ready = at; }
    void on_warning(std::string_view text) override {
        const std::lock_guard lock(mutex_);
        warnings.emplace_back(text);
    }
    void on_exit(const ExitStatus&, Nanoseconds at, std::optional<Nanoseconds> cpu) override {
        cpu_at_exit = cpu;
        exited = at;
    }
    void on_lost(Nanoseconds at) override { lost = at; }

    /// Of its standard output so far, from any thread.
    std::string text() const {
        const std::lock_guard lock(mutex_);
        return out;
    }

    std::vector<PhaseMark> marks;
    std::string out;
    std::string err;
    std::vector<std::string> warnings;
    std::optional<Nanoseconds> cpu_at_exit;
    std::atomic<Nanoseconds> ready{Nanoseconds{0}};
    std::atomic<Nanoseconds> exited{Nanoseconds{0}};
    std::atomic<Nanoseconds> lost{Nanoseconds{0}};

  private:
    mutable std::mutex mutex_;
};

/// An engine over a data folder of its own, with an image of busybox.
struct EngineStage {
    void set_up() {
        std::filesystem::create_directory(bundle.rootfs() / "etc");
        std::filesystem::create_symlink("busybox", bundle.rootfs() / "bin/su");
        std::filesystem::create_symlink("busybox", bundle.rootfs() / "bin/seq");
        QVERIFY(write_file_atomically(bundle.rootfs() / "etc/passwd", "other:x:1000:1000::/:/bin/sh\n"));
        const auto tar = folder.path() / "root.tar";
        std::filesystem::create_directory(bundle.rootfs() / "open");
        std::filesystem::permissions(bundle.rootfs() / "open", std::filesystem::perms::all);
        QVERIFY(run_checked({"tar", "-C", bundle.rootfs().string(), "-cf", tar.string(), "."}));
        std::filesystem::create_directories(folder.path() / "data/instances/folders");
        ids.emplace(folder.path() / "data/instances/folders");
        auto opened = Engine::open({folder.path() / "data", launcher_path(), std::nullopt});
        VERIFY_OK(opened);
        engine = std::move(*opened);
        NoProgress progress;
        auto imported = engine->images().import(tar, "busybox", progress, {});
        VERIFY_OK(imported);
        image = *imported;
        QVERIFY(engine->layers().ensure(engine->images(), *image, progress, {}));
    }
    Result<ContainerRequest> make_request(const std::vector<std::string>& command,
                                          const ResourceLimits& limits = {1, 64U << 20U}) {
        ISOLAB_ASSIGN(const ProcessSpec process,
                      engine->resolve_process(*image, {command, {}, std::nullopt, std::nullopt}));
        ISOLAB_ASSIGN(ContainerSettings settings, measured_settings(process, limits));
        return ContainerRequest{*image, std::move(settings), std::nullopt};
    }
    Result<std::unique_ptr<Container>> try_start(const std::vector<std::string>& command, Recorder& recorder,
                                                 const ResourceLimits& limits) {
        ISOLAB_ASSIGN(const ContainerRequest request, make_request(command, limits));
        return engine->start(request, recorder, {});
    }
    std::unique_ptr<Container> start(const std::vector<std::string>& command, Recorder& recorder) {
        auto container = try_start(command, recorder, {1, 64U << 20U});
        if (!container)
            qWarning("%s", container.error().message().c_str());
        return container ? std::move(*container) : nullptr;
    }
    /// What of the containers started so far is still on this machine; empty: nothing.
    std::string traces() {
        std::set<std::string> marks = ids->so_far();
        marks.insert(folder.path().filename());
        return host_traces(marks);
    }
    std::size_t containers_on_disk() const {
        std::size_t folders = 0;
        for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "data/instances/folders"))
            folders += entry.is_directory() ? 1U : 0U;
        return folders;
    }

    TemporaryTree folder{*make_temporary_directory(std::filesystem::temp_directory_path(), "isolab-engine-")};
    Bundle bundle;
    std::unique_ptr<Engine> engine;
    std::optional<Image> image;
    std::optional<CreatedNames> ids; ///< of all containers
};

} // namespace isolab::test
