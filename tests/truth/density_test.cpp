// SPDX-License-Identifier: GPL-3.0-or-later
//
// What each further container costs by the figures of density, against what the host has less and what the control
// groups are charged with.
#include <fstream>

#include <unistd.h>

#include <fmt/format.h>

#include "compare/run/standing_instance.h"
#include "compare/statistics/quantile.h"
#include "compare/statistics/slope.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "tests/truth/two_worlds.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

class DensityTest : public QObject {
    Q_OBJECT

    /// MemAvailable, and the free pages that each processor keeps for itself, which it leaves out (/proc/zoneinfo):
    /// hundreds of megabytes after a process that had much has ended.
    static double available() {
        double bytes = 0;
        std::ifstream facts("/proc/meminfo");
        for (std::string line; std::getline(facts, line);)
            if (line.starts_with("MemAvailable:"))
                bytes += std::stod(line.substr(13)) * 1024;
        std::ifstream zones("/proc/zoneinfo");
        for (std::string word; zones >> word;)
            if (word == "count:" && zones >> word)
                bytes += std::stod(word) * static_cast<double>(::sysconf(_SC_PAGESIZE));
        return bytes;
    }

    /// Of each further container, bytes.
    struct Costs {
        double told = 0, fall = 0, charged = 0;
        bool agree() const { return std::abs(fall - told) <= told / 4 && std::abs(charged - told) <= told / 4; }
        std::string text() const {
            return fmt::format("{:.0f} kB told, MemAvailable fell by {:.0f} kB, {:.0f} kB charged to its group",
                               told / 1e3, fall / 1e3, charged / 1e3);
        }
    };

    static Costs cost_of(TwoWorlds& worlds, std::size_t count) {
        const auto world = worlds.container();
        // Six megabytes that each fills itself: the kernel counts what is available to within half a megabyte.
        const Workload workload =
            scripted("x=$(dd if=/dev/zero bs=6000000 count=1 2>/dev/null | busybox tr '\\0' x); echo up; sleep 1000 & "
                     "wait; echo $x");
        const auto deployment = deploy(*world, workload);
        std::vector<std::unique_ptr<StandingInstance>> standing;
        std::vector<Point> told;
        std::vector<double> falls;
        double charged = 0;
        while (standing.size() < count) {
            const double before = available();
            auto started = StandingInstance::start(*world, *deployment, workload, {});
            if (!started)
                throw std::runtime_error(started.error().message());
            standing.push_back(std::move(*started));
            const auto number = static_cast<double>(standing.size());
            falls.push_back(before - available());
            if (standing.size() % 5 != 0)
                continue;
            double sum = 0;
            charged = 0;
            for (const auto& one : standing) {
                const auto memory = one->instance().memory(true).value();
                sum += static_cast<double>(memory.host_cost);
                for (const MemoryRow& row : memory.rows)
                    charged += row.id == "cgroup" ? static_cast<double>(row.bytes) : 0;
            }
            told.push_back({number, sum});
        }
        return {least_squares_line(told)->slope, quantile(falls, 0.5), charged / static_cast<double>(standing.size())};
    }

  private slots:
    void the_slope_is_what_the_host_has_less() {
        TwoWorlds worlds;
        Costs costs;
        std::string seen;
        // The median of what each start takes leaves out what others take or give back at some of them.
        for (const std::size_t count : {20U, 30U, 40U}) {
            costs = cost_of(worlds, count);
            seen += fmt::format("of {}: {}; ", count, costs.text());
            if (costs.agree())
                break;
        }
        qInfo("%s", seen.c_str());
        QVERIFY2(costs.agree(), seen.c_str());
    }
};

ISOLAB_TEST(DensityTest)
#include "density_test.moc"
