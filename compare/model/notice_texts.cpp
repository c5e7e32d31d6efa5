// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a reader is told beside the numbers, in English. lupdate reads the texts as well (translations/README.md).
#include "compare/model/fact_texts.h"

namespace isolab {
namespace {

#define ISOLAB_TRANSLATABLE(context, text) text

constexpr FactText notices[] = {
    // what to know before trusting the numbers
    {"notice.tcg", ISOLAB_TRANSLATABLE("Facts", "%1: TCG, software emulation without hardware virtualisation. Its "
                                                "times are many times longer than with KVM.")},
    {"notice.race", ISOLAB_TRANSLATABLE("Facts", "Both sides ran at the same moment and disturbed each other: times of "
                                                 "a race are not compared.")},
    {"notice.few_runs", ISOLAB_TRANSLATABLE("Facts", "With fewer than %1 runs per side no difference can be called "
                                                     "certain.")},
    {"notice.governor", ISOLAB_TRANSLATABLE("Facts", "The processor's governor is powersave: its speed follows the "
                                                     "load slowly.")},
    {"notice.battery", ISOLAB_TRANSLATABLE("Facts", "This machine runs on its battery and may slow down.")},
    {"notice.debug_build", ISOLAB_TRANSLATABLE("Facts", "This is a debug build: the engine itself is slower than it "
                                                        "should be.")},
    {"notice.swap", ISOLAB_TRANSLATABLE("Facts", "%1 of swap are in use.")},
    {"notice.busy_host", ISOLAB_TRANSLATABLE("Facts", "This host is busy: load %1 on %2 CPUs.")},
    {"notice.pressure", ISOLAB_TRANSLATABLE("Facts", "Processes of this host wait for memory or disk.")},
    {"notice.low_disk", ISOLAB_TRANSLATABLE("Facts", "Only %1 are free in the data folder.")},
    {"notice.disturbed", ISOLAB_TRANSLATABLE("Facts", "%1 of %2 runs were disturbed by other work on this host.")},
    {"notice.killed", ISOLAB_TRANSLATABLE("Facts", "%1: %2 of %3 runs did not heed their stop signal and were ended by "
                                                   "force. Their stop times are not counted.")},
    {"notice.limits", ISOLAB_TRANSLATABLE("Facts", "%1: neither its %2 CPUs nor its %3 of memory are a limit here: "
                                                   "%4.")},
    {"notice.limits_one_cpu",
     ISOLAB_TRANSLATABLE("Facts", "%1: neither its 1 CPU nor its %2 of memory are a limit here: "
                                  "%3.")},
    {"notice.shared_memory", ISOLAB_TRANSLATABLE("Facts", "%1: shared memory and files in memory that no process maps "
                                                          "are missing in its memory: without a control group nobody "
                                                          "counts them: %2.")},
    {"notice.memory_raised", ISOLAB_TRANSLATABLE("Facts", "%1: it has %2, since a whole system does not start in the "
                                                          "%3 that the workload asks for.")},
    {"notice.disk_made_again", ISOLAB_TRANSLATABLE("Facts", "Virtual machine: its disk was damaged and has been made "
                                                            "again: %1.")},
    {"notice.warning", ISOLAB_TRANSLATABLE("Facts", "%1: %2.")},
    {"notice.no_memory", ISOLAB_TRANSLATABLE("Facts", "%1: the memory of a run is unknown: %2")},
    {"notice.failed", ISOLAB_TRANSLATABLE("Facts", "%1.")},
    // what to do about them
    {"remedy.more_runs", ISOLAB_TRANSLATABLE("Facts", "Ask for at least 5 runs.")},
    {"remedy.kvm", ISOLAB_TRANSLATABLE("Facts", "Use a host with usable KVM.")},
    {"remedy.governor", ISOLAB_TRANSLATABLE("Facts", "Choose performance: cpupower frequency-set -g performance")},
    {"remedy.power", ISOLAB_TRANSLATABLE("Facts", "Connect it to power.")},
    {"remedy.build", ISOLAB_TRANSLATABLE("Facts", "Build with CMAKE_BUILD_TYPE=RelWithDebInfo.")},
    {"remedy.memory", ISOLAB_TRANSLATABLE("Facts", "Free some memory.")},
    // what a machine does to times by itself
    {"noise.work", ISOLAB_TRANSLATABLE("Facts", "1 ms of work")},
    {"noise.sleep", ISOLAB_TRANSLATABLE("Facts", "waking from 1 ms of sleep, too late by")},
    {"noise.start", ISOLAB_TRANSLATABLE("Facts", "start and end of a program")},
    {"noise.write", ISOLAB_TRANSLATABLE("Facts", "4 KiB written and flushed")},
    {"noise.foreign", ISOLAB_TRANSLATABLE("Facts", "Other work used %1 of the processors.")},
    {"noise.stolen", ISOLAB_TRANSLATABLE("Facts", "The host below this one took %1 of the processors.")},
    {"noise.lost", ISOLAB_TRANSLATABLE("Facts", "%1 of the time of steady work is lost to interruptions.")},
    {"noise.late", ISOLAB_TRANSLATABLE("Facts", "One wake-up in a hundred is late by %1 or more.")},
    {"noise.wide", ISOLAB_TRANSLATABLE("Facts", "Starts of one and the same program differ by %1.")},
    {"noise.returned", ISOLAB_TRANSLATABLE("Facts", "Memory that was free for seconds takes %1 as long to get: a host "
                                                    "below takes it back. Machines that start after a pause pay for "
                                                    "that.")},
    {"remedy.other_guests",
     ISOLAB_TRANSLATABLE("Facts", "Let other guests of that host rest, or use a host of your own.")},
    {"remedy.repeat", ISOLAB_TRANSLATABLE("Facts", "Use more runs.")},
    {"remedy.power_saving", ISOLAB_TRANSLATABLE("Facts", "Switch deep sleep states and power saving off.")},
    {"remedy.returned",
     ISOLAB_TRANSLATABLE("Facts", "Compare worlds within one run, or switch free page reporting off there.")},
    {"remedy.let_end", ISOLAB_TRANSLATABLE("Facts", "Let other work end first.")},
    {"remedy.compare_again", ISOLAB_TRANSLATABLE("Facts", "Let other work end, then compare again.")},
    {"remedy.room", ISOLAB_TRANSLATABLE("Facts", "Make room.")},
    {"remedy.heed", ISOLAB_TRANSLATABLE("Facts", "Choose a command that ends when it gets the stop signal of the "
                                                 "image.")},
    {"remedy.check", ISOLAB_TRANSLATABLE("Facts", "isolab check tells what is needed.")},
};

#undef ISOLAB_TRANSLATABLE

} // namespace

std::span<const FactText> notice_texts() noexcept { return notices; }

} // namespace isolab
