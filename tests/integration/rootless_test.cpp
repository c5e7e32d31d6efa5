// SPDX-License-Identifier: GPL-3.0-or-later
//
// The main job as an ordinary user: no root, no daemon, no limits where no cgroup may be written.
#include "compare/report.h"
#include "tests/support/host_state.h"

#include "engine/base/subprocess.h"

#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

class RootlessTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;

  private slots:
    void both_worlds_work_for_an_ordinary_user() {
        if (::geteuid() != 0)
            QSKIP("the other tests run without root already");
        // The user must be able to read the programs, wherever they were built.
        const fs::path here = scratch_.path().toStdString();
        const fs::path build = fs::path(ISOLAB_BIN_DIR).parent_path();
        fs::permissions(here, fs::perms(0755));
        fs::copy(build / "bin", here / "bin", fs::copy_options::recursive);
        fs::copy(build / "share", here / "share", fs::copy_options::recursive);
        fs::create_directories(here / "home");
        QCOMPARE(::chown((here / "home").c_str(), 65534, 65534), 0);

        const fs::path root = here / "home/data";
        const HostState before = HostState::capture(root);
        const auto output =
            run_command({"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env",
                         "HOME=" + (here / "home").string(), "PATH=/usr/bin:/bin", here / "bin/isolab", "--root", root,
                         "compare", "http", "--runs", "1", "--warmup", "0", "--format", "json"});
        QVERIFY(output);
        QVERIFY2(output->code == 0, output->err.c_str());
        const auto result = parse_report(*parse_json(output->out, "output"), "output");
        QVERIFY(result && result->complete);
        QCOMPARE(result->runs.size(), std::size_t{2});
        for (const RunResult& run : result->runs) {
            QVERIFY2(!run.error, run.error ? run.error->message().c_str() : "");
            QVERIFY(run.ready && run.verified.value_or(false));
        }
        QCOMPARE(QString::fromStdString(HostState::capture(root).added_since(before)), QString());
    }
};

QTEST_GUILESS_MAIN(RootlessTest)
#include "rootless_test.moc"
