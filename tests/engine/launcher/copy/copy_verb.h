// SPDX-License-Identifier: GPL-3.0-or-later
//
// The verb `copy` on one container, running or stopped, and folders on both sides.
#pragma once

#include <fstream>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "engine/base/file_tree.h"
#include "engine/base/process_identity.h"
#include "tests/engine/launcher/runtime_verbs.h"
#include "tests/support/text.h"

#include <QtTest>

namespace isolab::test {

inline struct stat status_of(const std::filesystem::path& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0)
        status.st_nlink = 0;
    return status;
}

inline std::string owner_of(const std::filesystem::path& path) {
    const struct stat status = status_of(path);
    return std::to_string(status.st_uid) + ":" + std::to_string(status.st_gid);
}

inline unsigned mode_of(const std::filesystem::path& path) { return status_of(path).st_mode & 07777U; }

inline void write(const std::filesystem::path& path, const std::string& text) { std::ofstream(path) << text; }

/// Base of tests that copy.
class CopyVerb : protected RuntimeVerbs {
  protected:
    using RuntimeVerbs::RuntimeVerbs;

    /// Beside the container's root, on the host.
    std::filesystem::path host() const { return bundle_.path() / "host"; }

    void start(const RuntimeSpec& spec) {
        bundle_.write(spec);
        VERIFY_CODE(runtime_detached("create --bundle " + bundle_.path().string() + " " + id), 0);
        VERIFY_CODE(runtime({"start", id}), 0);
        pid_ = parse_json(runtime({"state", id}).out, "state")->at("pid").get<int>();
    }
    /// With paths of the host below host(), by a descriptor.
    CommandOutput copy(std::vector<std::string> words, const std::vector<std::string>& options = {}) const {
        std::vector<std::string> argv{"copy", "--host-fd", "5"};
        if (pid_ > 0)
            argv.insert(argv.end(),
                        {"--pid", std::to_string(pid_) + ":" + std::to_string(identify_process(pid_)->start_time)});
        else
            argv.insert(argv.end(), {"--bundle", bundle_.path().string()});
        argv.insert(argv.end(), options.begin(), options.end());
        argv.push_back(id);
        argv.insert(argv.end(), words.begin(), words.end());
        std::vector<std::string> command = prefix_;
        command.insert(command.end(), {"sh", "-c", "cd /; exec 5<\"$0\"; exec \"$@\"", host().string(),
                                       prefix_.empty() ? launcher_path() : (bundle_.path() / "launcher").string()});
        command.insert(command.end(), argv.begin(), argv.end());
        const auto output = run_command(command, {}, std::chrono::seconds(60));
        return output ? *output : CommandOutput{-1, "", output.error().message()};
    }
    RuntimeSpec sleeping() const { return bundle_.spec({"sleep", "100"}); }
    /// Both worlds for the rules that are the same in them.
    static void worlds() {
        QTest::addColumn<bool>("running");
        QTest::newRow("running") << true;
        QTest::newRow("stopped") << false;
    }
    void begin(bool running) {
        if (running)
            start(sleeping());
        else
            bundle_.write(sleeping());
    }
    void become_ordinary_user() {
        std::filesystem::copy_file(launcher_path(), bundle_.path() / "launcher");
        QVERIFY(run_command({"chown", "-Rh", "65534:65534", bundle_.path().string()}));
        prefix_ = {"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"};
    }

    void prepare_case() {
        QCOMPARE(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
        ::umask(022);
    }
    void prepare() {
        pid_ = 0;
        prefix_.clear();
        before_ = traces();
        for (const std::filesystem::path& folder : {host(), bundle_.rootfs() / "srv", bundle_.rootfs() / "etc"}) {
            std::filesystem::remove_all(folder);
            std::filesystem::create_directories(folder);
        }
    }
    void clean() {
        if (pid_ > 0)
            runtime({"kill", "--all", id, "KILL"});
        for (int attempt = 0; attempt < 3000 && runtime({"state", id}).code == 0; ++attempt) {
            while (::waitpid(-1, nullptr, WNOHANG) > 0) {
            }
            if (contains(runtime({"state", id}).out, "stopped"))
                VERIFY_CODE(runtime({"delete", id}), 0);
            else
                QTest::qSleep(20);
        }
        QCOMPARE(traces(), before_);
    }

    int pid_ = 0;
    std::vector<std::string> prefix_; ///< of the command, to be another user
};

} // namespace isolab::test
