// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/stack.h"

#include <algorithm>
#include <numeric>

#include "gui/models/figure.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

std::optional<double> bytes_of(const SideView& side, std::initializer_list<std::string_view> ids) {
    std::optional<double> sum;
    for (const MemoryRow& row : side.memory_rows)
        if (row.in_headline && std::ranges::find(ids, row.id) != ids.end())
            sum = sum.value_or(0) + static_cast<double>(row.bytes);
    return sum;
}

QString bytes_text(const std::optional<double>& bytes) { return bytes ? bytes_figure(*bytes).text() : QString(); }

std::array<double, stack_level_count> shares(const Stack& stack) {
    std::array<double, stack_level_count> share{};
    double total = 0;
    for (const StackBox& box : stack)
        total += box.bytes.value_or(0);
    for (const StackBox& box : stack)
        share[static_cast<std::size_t>(box.level)] = total > 0 ? box.bytes.value_or(0) / total : 0;
    return share;
}

} // namespace

Stack StackWords::make(const SideView& side, const StackFacts& facts) {
    const bool vm = side.world == World::vm;
    const auto workload = bytes_of(side, {"workload_anonymous"});
    const auto files = bytes_of(side, {"shared_files", "page_cache"});
    const auto guest = bytes_of(side, {"guest_kernel"});
    const auto engine = bytes_of(side, {"monitor", "code_cache"});
    const auto host = bytes_of(side, {"kernel"});
    Stack stack;
    stack.push_back({StackLevel::workload, facts.workload.isEmpty() ? tr("workload") : facts.workload,
                     bytes_text(workload),
                     vm ? tr("The workload's own memory, as the guest's kernel counts it (AnonPages).")
                        : tr("The workload's own memory (Pss_Anon of its processes on the host)."),
                     workload, false, false});
    stack.push_back(
        {StackLevel::image_files, tr("files of the image"), bytes_text(files),
         vm ? tr("Files that the guest has read, cached in its own memory. A second machine caches them again.")
            : tr("Programs and libraries mapped from the image. Containers of one image share these pages."),
         files, false, false});
    stack.push_back(
        {StackLevel::guest_kernel,
         !vm                            ? tr("no kernel of its own")
         : facts.guest_kernel.isEmpty() ? tr("guest kernel")
                                        : tr("guest kernel %1").arg(facts.guest_kernel),
         bytes_text(guest),
         vm ? tr("The machine boots its own kernel. What it needs for itself is paid by every machine.")
            : tr("A container calls the host's kernel directly. There is nothing to boot and nothing to pay."),
         guest, false, !vm});
    stack.push_back(
        {StackLevel::engine,
         !vm                          ? tr("engine: monitor process")
         : facts.hypervisor.isEmpty() ? tr("QEMU, virtual hardware")
                                      : tr("%1, virtual hardware").arg(facts.hypervisor),
         bytes_text(engine),
         vm ? tr("The program that plays the hardware. With software emulation it also keeps translated code.")
            : tr("isolab-runtime watches the container. Namespaces, control group and filter live in the kernel."),
         engine, false, false});
    stack.push_back(
        {StackLevel::host_kernel,
         facts.host_kernel.isEmpty() ? tr("host kernel") : tr("host kernel %1").arg(facts.host_kernel),
         host ? tr("shared · %1 charged").arg(bytes_figure(*host).text()) : tr("shared with the host"),
         vm ? tr("Runs the machine's process like any other. It is not visible to the guest.")
            : tr("Serves the container's system calls. Memory that it keeps for the container is charged to it."),
         std::nullopt, true, false});
    stack.push_back({StackLevel::hardware, tr("hardware"), facts.hardware, tr("The same machine under both worlds."),
                     std::nullopt, true, false});
    return stack;
}

std::array<double, stack_level_count> stack_heights(const Stack& a, const Stack& b, double height, double floor,
                                                    double gap) {
    const auto share_a = shares(a);
    const auto share_b = shares(b);
    std::array<double, stack_level_count> wanted{};
    for (std::size_t i = 0; i < stack_level_count; ++i)
        wanted[i] = std::max(share_a[i], share_b[i]);
    const double sum = std::accumulate(wanted.begin(), wanted.end(), 0.0);
    const double spare = std::max(0.0, height - static_cast<double>(stack_level_count) * floor -
                                           static_cast<double>(stack_level_count - 1) * gap);
    std::array<double, stack_level_count> heights{};
    for (std::size_t i = 0; i < stack_level_count; ++i)
        heights[i] = floor + spare * (sum > 0 ? wanted[i] / sum : 1.0 / static_cast<double>(stack_level_count));
    return heights;
}

} // namespace isolab
