// SPDX-License-Identifier: GPL-3.0-or-later
//
// The main job as an ordinary user: no root, no daemon, no limits where no cgroup may be written.
#include "compare/report/report.h"
#include "engine/base/json.h"
#include "engine/base/subprocess.h"
#include "tests/support/host_state.h"
#include "tests/support/kernels.h"
#include "tests/support/places.h"
#include "tests/support/program.h"
#include "tests/support/test_main.h"
#include "tests/support/user_namespaces.h"
#include "tests/support/verify.h"
#include "virt/kernel/guest_kernel.h"

#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

class RootlessTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_{"/tmp/iso-XXXXXX"}; // short, for the sockets

    /// A folder that belongs to the user.
    static void make_home(const fs::path& folder) {
        fs::create_directories(folder);
        QCOMPARE(::chown(folder.c_str(), 65534, 65534), 0);
    }

    /// The kernel that root would use, where the user can read it: /boot is often closed to him.
    static void copy_kernel(const fs::path& kernels) {
        KernelSearch search;
        search.folders = {test_kernels()};
        const auto kernel = find_kernel(search);
        VERIFY_OK(kernel);
        const fs::path folder = kernels / kernel->release;
        fs::create_directories(folder);
        fs::copy_file(kernel->image, folder / "vmlinuz");
        fs::permissions(folder / "vmlinuz", fs::perms(0644));
        fs::copy(kernel->modules, folder / "modules", fs::copy_options::recursive | fs::copy_options::skip_symlinks);
    }

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("the other tests run without root already");
        if (const std::string why = why_no_user_namespaces(); !why.empty())
            QSKIP(why.c_str());
    }

    void both_worlds_work_for_an_ordinary_user() {
        const fs::path here = scratch_.path().toStdString();
        const fs::path root = here / "home/data";
        copy_programs(programs_folder(), here);
        for (const fs::path& folder :
             {here / "run", here / "home", root, root / "instances", root / "instances/folders"})
            make_home(folder);
        copy_kernel(root / "kernels");

        const HostState before = HostState::capture(root, here / "run");
        const auto output = run_command({"setpriv",
                                         "--reuid=65534",
                                         "--regid=65534",
                                         "--clear-groups",
                                         "env",
                                         "-i",
                                         "PATH=/usr/bin:/bin",
                                         "HOME=" + (here / "home").string(),
                                         "TMPDIR=" + (here / "run").string(),
                                         "XDG_RUNTIME_DIR=" + (here / "run").string(),
                                         here / "bin/isolab",
                                         "--root",
                                         root,
                                         "compare",
                                         "http",
                                         "--runs",
                                         "1",
                                         "--warmup",
                                         "0",
                                         "--format",
                                         "json"});
        QVERIFY(output);
        QVERIFY2(output->code == 0, output->err.c_str());
        const auto result = parse_report(*parse_json(output->out, "output"), "output");
        QVERIFY(result && result->complete);
        QCOMPARE(result->runs.size(), std::size_t{2});
        for (const RunResult& run : result->runs) {
            QVERIFY2(!run.error, run.error ? run.error->message().c_str() : "");
            QVERIFY(run.ready && run.verified.value_or(false));
        }
        QCOMPARE(QString::fromStdString(HostState::capture(root, here / "run").added_since(before)), QString());
    }
};

ISOLAB_TEST(RootlessTest)
#include "rootless_test.moc"
