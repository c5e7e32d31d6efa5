// SPDX-License-Identifier: GPL-3.0-or-later
//
// A real image, built from Debian's packages, imported as a root file system tar. The archive is built once on a
// machine and kept in the user's cache.
#include <algorithm>
#include <array>
#include <filesystem>

#include <unistd.h>

#include "compare/report/report.h"
#include "engine/base/json.h"
#include "tests/support/places.h"
#include "tests/support/program.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

namespace fs = std::filesystem;

fs::path cache_folder() {
    const QByteArray chosen = qgetenv("XDG_CACHE_HOME");
    const fs::path cache =
        chosen.isEmpty() ? fs::path(qgetenv("HOME").toStdString()) / ".cache" : fs::path(chosen.toStdString());
    return cache / "isolab/tests";
}

/// The packages cannot be had, whatever the test does.
bool is_offline(const std::string& report) {
    constexpr std::array signs{"Could not resolve", "Temporary failure resolving", "Could not connect",
                               "Unable to connect", "Connection timed out",        "Network is unreachable"};
    return std::ranges::any_of(signs, [&](const char* sign) { return report.find(sign) != std::string::npos; });
}

Result<void> build_archive(const fs::path& archive) {
    const fs::path unfinished = archive.string() + "." + std::to_string(::getpid());
    fs::create_directories(archive.parent_path());
    ISOLAB_TRY(run_checked({"mmdebstrap", "--variant=minbase", "--include=redis-server", "--quiet", "--format=tar",
                            "--skip=cleanup/reproducible", "bookworm", unfinished.string()},
                           {}, std::chrono::minutes(6)));
    fs::rename(unfinished, archive);
    return {};
}

} // namespace

class RedisTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;

  private slots:
    void redis_from_debian_answers_in_both_worlds() {
        const fs::path here = scratch_.path().toStdString();
        const std::string archive = cache_folder() / "redis-bookworm.tar";
        if (!fs::exists(archive)) {
            const auto built = build_archive(archive);
            if (!built && is_offline(built.error().message()))
                QSKIP("the packages of the Redis image cannot be downloaded here");
            VERIFY_OK(built);
        }

        const Program program(programs_folder(), here / "data");
        const auto imported = program.run({"image", "import", archive, "--name", "redis"});
        QVERIFY2(imported.code == 0, imported.err.c_str());
        QVERIFY(program.run({"image", "ls"}).out.find("redis:latest") != std::string::npos);

        const auto compared = program.run({"compare", "redis", "--runs", "2", "--warmup", "0", "--format", "json"});
        QVERIFY2(compared.code == 0, compared.err.c_str());
        const auto result = parse_report(*parse_json(compared.out, "output"), "output");
        QVERIFY(result && result->complete);
        QCOMPARE(result->runs.size(), std::size_t{4});
        for (const RunResult& run : result->runs) {
            QVERIFY(run.ready && run.memory_at_ready);
            QVERIFY2(run.verified.value_or(false), "PING was not answered with PONG");
            QVERIFY2(run.output.find("Ready to accept connections") != std::string::npos, run.output.c_str());
        }
        const double container = result->find_metric("container", "memory")->summary.median;
        const double vm = result->find_metric("vm", "memory")->summary.median;
        QVERIFY2(container > 2e6 && container < vm, qPrintable(QString("%1 %2").arg(container).arg(vm)));
    }
};

ISOLAB_TEST(RedisTest)
#include "redis_test.moc"
