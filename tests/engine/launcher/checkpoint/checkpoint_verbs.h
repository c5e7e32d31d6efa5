// SPDX-License-Identifier: GPL-3.0-or-later
//
// The verbs checkpoint and restore on one container, whose /etc/hosts is a file of the host.
#pragma once

#include <chrono>
#include <thread>

#include "engine/base/json.h"
#include "tests/engine/launcher/runtime_verbs.h"
#include "tests/support/patience.h"

namespace isolab::test {

class CheckpointVerbs : protected RuntimeVerbs {
  protected:
    using RuntimeVerbs::RuntimeVerbs;

    std::filesystem::path images() const { return bundle_.path() / images_name_; }
    std::filesystem::path record_file() const { return bundle_.path() / "record"; }
    std::filesystem::path hosts_file() const { return bundle_.path() / "hosts"; }
    std::string record() const { return read_file(record_file()).value_or(""); }

    void start(const std::vector<std::string>& args) { start(bundle_.spec(args)); }
    void start(RuntimeSpec spec) {
        QVERIFY(write_file_atomically(hosts_file(), "hosts\n"));
        spec.mounts.push_back({"/etc/hosts", "bind", hosts_file().string(), {"bind", "ro"}});
        bundle_.write(spec);
        VERIFY_CODE(runtime_detached("run --detach --bundle " + bundle_.path().string() + " " + id), 0);
        pid_ = state().value("pid", 0);
    }
    std::string with_images(const std::string& options) const {
        return " --criu " + criu_ + " --image-path " + images().string() + " " + options + " ";
    }
    CommandOutput checkpoint(const std::string& options) const {
        return runtime_detached("checkpoint" + with_images(options) + id);
    }
    CommandOutput restore(const std::string& options) const {
        return runtime_detached("restore --bundle " + bundle_.path().string() + with_images(options) + id);
    }
    Json state() const {
        const Json document = Json::parse(runtime({"state", id}).out, nullptr, false);
        return document.is_object() ? document : Json::object();
    }
    std::string status() const { return state().value("status", "none"); }
    int tick() const { return std::atoi(read_file(bundle_.rootfs() / "tick").value_or("0").c_str()); }
    bool tick_reaches(int wanted) const {
        return becomes_true([&] { return tick() >= wanted; });
    }

    std::string criu_;
    std::string images_name_ = "images";
    pid_t pid_ = 0;
};

} // namespace isolab::test
