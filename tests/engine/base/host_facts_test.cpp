// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/host_facts.h"
#include "tests/support/test_main.h"

#include <QtTest>
#include <sched.h>
#include <unistd.h>

using namespace isolab;

class HostFactsTest : public QObject {
    Q_OBJECT
  private slots:
    void affinity_limits_what_may_be_used_but_not_what_is_online() {
        cpu_set_t before;
        QCOMPARE(::sched_getaffinity(0, sizeof before, &before), 0);
        const unsigned online = online_cpu_count();
        QVERIFY(online >= host_cpu_count());
        cpu_set_t one;
        CPU_ZERO(&one);
        std::size_t first = 0;
        while (!CPU_ISSET(first, &before))
            ++first;
        CPU_SET(first, &one);
        QCOMPARE(::sched_setaffinity(0, sizeof one, &one), 0);
        const unsigned usable = host_cpu_count();
        const unsigned still_online = online_cpu_count();
        QCOMPARE(::sched_setaffinity(0, sizeof before, &before), 0);
        QCOMPARE(usable, 1U);
        QCOMPARE(still_online, online);
    }
    void memory_is_that_of_all_pages() {
        QCOMPARE(host_memory_bytes(), static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                                          static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
    }
};

ISOLAB_TEST(HostFactsTest)
#include "host_facts_test.moc"
