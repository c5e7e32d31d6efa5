// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/owned_container.h"
#include "tests/engine/engine_stage.h"
#include "tests/support/test_main.h"

#include <csignal>
#include <sstream>

#include <unistd.h>

#include "engine/base/json.h"
#include "engine/runtime/supervisor_protocol.h"

using namespace isolab;
using namespace isolab::test;

class OwnedContainerTest : public QObject, private EngineStage {
    Q_OBJECT
  private slots:
    void initTestCase() { set_up(); }
    void init() { before_ = traces(); }
    void cleanup() {
        COMPARE_SOON(traces(), before_); // a supervisor has its helper look whether something is to be tidied up
        QCOMPARE(containers_on_disk(), std::size_t{0});
    }

    void it_is_the_same_whoever_watches_it() {
        const std::vector<std::string> command{
            "sh", "-c",
            "grep -E 'Cap|NoNew|Seccomp|Groups' /proc/self/status; cut -d' ' -f5,6,9 /proc/self/mountinfo; "
            "cat /proc/self/limits /etc/hosts /etc/hostname; readlink /proc/self/cwd; env; busybox id"};
        Recorder recorder;
        auto owned = start(command, recorder);
        QVERIFY(owned && owned->wait({}, patience));
        owned.reset();
        auto containers = engine->containers();
        VERIFY_OK(containers);
        ContainerSettings settings = make_request(command)->settings;
        VERIFY_OK(containers->create(settings, *image, {}));
        const auto ended = [&]() -> Result<std::string> {
            std::vector<std::string> warnings;
            ISOLAB_TRY(containers->start(settings.id, nullptr, warnings, {}));
            ISOLAB_TRY(containers->wait(settings.id, {}));
            std::string output;
            ISOLAB_ASSIGN(const std::string log, read_file(containers->folder(settings) / output_log_file));
            std::istringstream lines(log);
            for (std::string line; std::getline(lines, line);)
                output += Json::parse(line)["log"].get<std::string>();
            return output;
        }();
        VERIFY_OK(containers->remove(settings.id, true, false, {}));
        VERIFY_OK(ended);
        QVERIFY2(recorder.out.find("Seccomp:\t2") != std::string::npos, recorder.out.c_str());
        QCOMPARE(QString::fromStdString(recorder.out), QString::fromStdString(*ended));
    }
    void its_owner_alone_ends_it() {
        Recorder recorder;
        const auto container = start({"sleep", "1000"}, recorder);
        QVERIFY(container);
        auto containers = engine->containers();
        VERIFY_OK(containers);
        const auto all = containers->list({});
        VERIFY_OK(all);
        QCOMPARE(all->size(), std::size_t{1});
        QCOMPARE(all->front().settings.id, container->id());
        QCOMPARE(all->front().phase, ContainerPhase::running);
        const std::string& name = all->front().settings.name;
        std::vector<std::string> warnings;
        for (const Result<void>& done : {containers->kill(name, SIGKILL, {}), containers->remove(name, true, false, {}),
                                         containers->pause(name, {}), containers->update(name, {}, warnings, {}),
                                         containers->stop(name, {}, {}).map([](int) {}),
                                         containers->exec_command(name, {{"true"}}).map([](const Command&) {})}) {
            QVERIFY(!done);
            QCOMPARE(done.error().kind, ErrorKind::unavailable);
            QVERIFY2(done.error().message().find("process " + std::to_string(::getpid())) != std::string::npos,
                     done.error().message().c_str());
        }
        VERIFY_OK(container->usage());
    }
    void bridges_need_a_supervisor() {
        Recorder recorder;
        ContainerRequest request = *make_request({"true"});
        request.settings.network = "bridge";
        const auto container = engine->start(request, recorder, {});
        QVERIFY(!container);
        QCOMPARE(container.error().kind, ErrorKind::unsupported);
    }

  private:
    std::string before_;
};

ISOLAB_TEST(OwnedContainerTest)
#include "owned_container_test.moc"
