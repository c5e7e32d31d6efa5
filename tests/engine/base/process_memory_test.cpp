// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/process_memory.h"
#include "tests/support/test_main.h"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/subprocess.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace isolab;

class ProcessMemoryTest : public QObject {
    Q_OBJECT
  private slots:
    void touched_memory_shows_in_every_measure() {
        const auto before = read_process_memory(::getpid());
        QVERIFY(before);
        constexpr std::size_t size = 64U << 20U;
        void* block = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        QVERIFY(block != MAP_FAILED);
        std::memset(block, 1, size);
        const auto after = read_process_memory(::getpid());
        ::munmap(block, size);
        QVERIFY(after);
        for (const auto member :
             {&ProcessMemory::rss, &ProcessMemory::pss, &ProcessMemory::pss_anon, &ProcessMemory::uss}) {
            const double grown = static_cast<double>(*after.*member) - static_cast<double>(*before.*member);
            QVERIFY2(grown > 0.95 * size && grown < 1.2 * size, qPrintable(QString::number(grown)));
        }
        QVERIFY(*read_peak_rss(::getpid()) >= after->rss - (1U << 20U));
    }
    void parts_add_up_to_the_proportional_size() {
        const auto memory = read_process_memory(::getpid());
        QVERIFY(memory);
        const auto parts = memory->pss_anon + memory->pss_file + memory->pss_shmem;
        QVERIFY(parts <= memory->pss + 4096U && parts + 4096U * 4 >= memory->pss);
        QVERIFY(memory->pss <= memory->rss && memory->uss <= memory->pss);
    }
    void gone_process_is_an_error() {
        QVERIFY(!read_process_memory(999999999));
        QVERIFY(!read_peak_rss(999999999));
    }
    void tree_holds_children_and_grandchildren() {
        auto child = spawn({.argv = {"sh", "-c", "sleep 100 & sh -c 'sleep 101 & wait' & wait"}});
        QVERIFY(child);
        COMPARE_SOON(process_tree(child->pid()).size(), std::size_t{4});
        const auto all = process_tree(child->pid());
        QCOMPARE(all.front(), child->pid());
        for (const pid_t pid : all)
            if (pid != child->pid())
                ::kill(pid, SIGKILL);
    }
    void no_process_has_no_tree() {
        QVERIFY(process_tree(-1).empty());
        QVERIFY(process_tree(0).empty());
    }
    void cpu_time_of_a_process_grows_with_its_work() {
        const auto before = process_cpu_time(::getpid());
        const Nanoseconds deadline = thread_cpu_time() + std::chrono::milliseconds(20);
        while (thread_cpu_time() < deadline) {
        }
        const auto after = process_cpu_time(::getpid());
        QVERIFY(before && after && *after - *before >= std::chrono::milliseconds(19));
        QVERIFY(!process_cpu_time(999999999));
        QVERIFY(!process_cpu_time(-1));
    }
};

ISOLAB_TEST(ProcessMemoryTest)
#include "process_memory_test.moc"
