// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/containers.h"
#include "tests/engine/engine_stage.h"
#include "tests/support/test_main.h"

#include <csignal>
#include <fstream>
#include <thread>

#include "engine/base/file_lock.h"

using namespace isolab;
using namespace isolab::test;

/// Verbs whose launcher, or whose neighbour, does not answer.
class StoppedVerbsTest : public QObject, private EngineStage {
    Q_OBJECT

    /// A launcher that tells its number when it is asked for one of `verbs`, and then hangs.
    std::filesystem::path hanging_launcher(const std::string& verbs) {
        const auto path = folder.path() / "hanging/isolab-runtime";
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << "#!/bin/sh\ncase \" $* \" in\n*\" " << verbs << " \"*) echo $$ >" << asked().string()
                            << ".new; mv " << asked().string() << ".new " << asked().string()
                            << "; exec sleep 1000;; esac\nexec " << launcher_path() << " \"$@\"\n";
        std::filesystem::permissions(path, std::filesystem::perms(0755));
        std::filesystem::remove(asked());
        return path;
    }
    std::filesystem::path asked() const { return folder.path() / "asked"; }

    /// Stops `act` once the launcher hangs, and tells what it came to.
    template <class Act> Result<void> stop_when_hanging(Act act) {
        StopSource source;
        std::thread stopper([&] {
            while (!std::filesystem::exists(asked()))
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            source.request_stop();
        });
        const Result<void> done = act(source.token());
        source.request_stop();
        std::ofstream(asked()) << ""; // the thread ends in any case
        stopper.join();
        return done;
    }

    std::string make_container(Containers& containers, const std::vector<std::string>& command) {
        ContainerSettings settings = make_request(command)->settings;
        const auto made = containers.create(settings, *image, {});
        return made ? settings.id : made.error().message();
    }

  private slots:
    void initTestCase() { set_up(); }
    void init() { before_ = traces(); }
    void cleanup() {
        COMPARE_SOON(traces(), before_);
        QCOMPARE(containers_on_disk(), std::size_t{0});
    }

    void a_start_is_given_up() {
        const auto slow = Engine::open({folder.path() / "data", hanging_launcher("supervise"), std::nullopt});
        VERIFY_OK(slow);
        auto containers = (*slow)->containers();
        VERIFY_OK(containers);
        const std::string id = make_container(*containers, {"sleep", "1000"});
        const auto done = stop_when_hanging([&](const StopToken& stop) {
            std::vector<std::string> warnings;
            return containers->start(id, nullptr, warnings, stop);
        });
        QVERIFY(!done);
        QCOMPARE(done.error().kind, ErrorKind::cancelled);
        const auto now = containers->inspect(id);
        VERIFY_OK(now);
        QVERIFY(!now->is_up());
        VERIFY_OK(containers->remove(id, false, false, {}));
    }
    void a_verb_of_a_running_container_is_given_up() {
        auto quick = engine->containers();
        VERIFY_OK(quick);
        const std::string id = make_container(*quick, {"sleep", "1000"});
        std::vector<std::string> warnings;
        VERIFY_OK(quick->start(id, nullptr, warnings, {}));
        const auto slow = Engine::open({folder.path() / "data", hanging_launcher("pause"), std::nullopt});
        VERIFY_OK(slow);
        auto containers = (*slow)->containers();
        VERIFY_OK(containers);
        const auto done = stop_when_hanging([&](const StopToken& stop) { return containers->pause(id, stop); });
        QVERIFY(!done);
        QCOMPARE(done.error().kind, ErrorKind::cancelled);
        VERIFY_OK(quick->remove(id, true, false, {}));
    }
    void one_start_does_not_wait_for_another() {
        const auto slow = Engine::open({folder.path() / "data", hanging_launcher("run"), std::nullopt});
        VERIFY_OK(slow);
        const auto wanted = make_request({"true"});
        VERIFY_OK(wanted);
        Result<void> first;
        std::thread starter([&] {
            Recorder recorder;
            first = (*slow)->start(*wanted, recorder, {}).map([](const auto&) {});
        });
        while (!std::filesystem::exists(asked()))
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        StopSource source;
        source.request_stop();
        Recorder recorder;
        const auto second = (*slow)->start(*wanted, recorder, source.token());
        ::kill(std::stoi(read_file(asked()).value_or("")), SIGKILL);
        starter.join();
        QVERIFY(!second);
        QCOMPARE(second.error().kind, ErrorKind::cancelled);
        QVERIFY(!first);
    }
    /// Another program changes the container and hangs.
    void a_lock_is_not_waited_for_any_longer() {
        auto containers = engine->containers();
        VERIFY_OK(containers);
        const std::string id = make_container(*containers, {"true"});
        {
            const auto held = open_lock_folder(folder.path() / "data/instances/folders" / id);
            VERIFY_OK(held);
            QVERIFY(try_lock(*held, LockKind::exclusive));
            StopSource source;
            source.request_stop();
            const StopToken stop = source.token();
            std::vector<std::string> warnings;
            for (const Result<void>& done :
                 {containers->rename(id, "other", stop), containers->remove(id, true, false, stop),
                  containers->update(id, {}, warnings, stop), containers->start(id, nullptr, warnings, stop)}) {
                QVERIFY(!done);
                QCOMPARE(done.error().kind, ErrorKind::cancelled);
            }
        }
        VERIFY_OK(containers->remove(id, false, false, {}));
    }

  private:
    std::string before_;
};

ISOLAB_TEST(StoppedVerbsTest)
#include "stopped_verbs_test.moc"
