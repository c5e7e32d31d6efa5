// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <fstream>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/patience.h"
#include "tests/support/test_main.h"
#include "virt/libvirt/child_reaper.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

/// Orphans as libvirt and QEMU make them.
class ChildReaperTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    fs::path path(const std::string& name) const { return fs::path(scratch_.path().toStdString()) / name; }

  private slots:
    void reaps_probes_and_who_made_their_session();
    void leaves_a_domains_session_to_libvirt();
};

namespace {

/// A process in a session that its parent made, as daemons are; the parent has ended.
struct Daemon {
    pid_t parent = -1, pid = -1;

    /// As a child of this process, or as its orphan: with one more process between, which has ended as well.
    static Daemon start(bool orphan) {
        int ends[2];
        if (::pipe(ends) != 0)
            return {};
        Daemon made;
        const pid_t outer = orphan ? ::fork() : 0;
        if (outer == 0 && (made.parent = ::fork()) == 0) {
            ::setsid();
            const pid_t parent = ::getpid();
            if (const pid_t pid = ::fork(); pid != 0) {
                made = {parent, pid};
                _exit(::write(ends[1], &made, sizeof made) == sizeof made ? 0 : 1);
            }
            ::close_range(0, ~0U, 0); // where a test fails it outlives this program by a while
            ::alarm(2 * patience.count());
            for (;;)
                ::pause();
        }
        if (orphan && outer == 0)
            _exit(0);
        if (orphan)
            ::waitpid(outer, nullptr, 0);
        if (::read(ends[0], &made, sizeof made) != sizeof made)
            made = {};
        ::close(ends[0]);
        ::close(ends[1]);
        return made;
    }
    bool write(const fs::path& pid_file) const {
        fs::create_directories(pid_file.parent_path());
        return bool(std::ofstream(pid_file) << pid << '\n' << std::flush);
    }
};

bool vanished(pid_t pid) {
    return becomes_true([pid] { return ::kill(pid, 0) != 0; });
}

} // namespace

void ChildReaperTest::reaps_probes_and_who_made_their_session() {
    const AdoptOrphans adopt({{}, path("probes")});
    const auto probe = Daemon::start(true);
    QVERIFY(probe.pid > 0);
    QVERIFY(probe.write(path("probes/qmp-one/qmp.pid")));
    QVERIFY(vanished(probe.parent));
    QCOMPARE(::kill(probe.pid, SIGKILL), 0);
    QVERIFY(vanished(probe.pid));
}

// Reaped by another, libvirt says "unable to wait for process: No child processes", and the machine does not start.
void ChildReaperTest::leaves_a_domains_session_to_libvirt() {
    const AdoptOrphans adopt({path("domain.pid"), path("probes")});
    const auto domain = Daemon::start(false);
    QVERIFY(domain.pid > 0);
    QVERIFY(domain.write(path("domain.pid")));
    for (int round = 0; round < 3; ++round) { // a probe that is reaped tells that the reaper has looked at everything
        const auto probe = Daemon::start(true);
        QVERIFY(probe.write(path("probes/qmp-one/qmp.pid")));
        QVERIFY(vanished(probe.parent));
        QCOMPARE(::kill(probe.pid, SIGKILL), 0);
        QVERIFY(vanished(probe.pid));
    }
    QCOMPARE(::waitpid(domain.parent, nullptr, 0), domain.parent);
    QCOMPARE(::kill(domain.pid, SIGKILL), 0);
    QVERIFY(vanished(domain.pid));
}

ISOLAB_TEST(ChildReaperTest)
#include "child_reaper_test.moc"
