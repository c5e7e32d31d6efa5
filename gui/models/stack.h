// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <vector>

#include <QCoreApplication>
#include <QString>

#include "gui/models/side_view.h"

namespace isolab {

/// The levels of the stack from top to bottom; the same level stands at the same height on both sides.
enum class StackLevel { workload, image_files, guest_kernel, engine, host_kernel, hardware };
inline constexpr std::size_t stack_level_count = 6;

/// One layer of one side.
struct StackBox {
    StackLevel level = StackLevel::workload;
    QString name;   ///< "guest kernel 6.1"
    QString value;  ///< "37 MB", "shared with the host"; empty when not measured
    QString detail; ///< what it is, with its real identifiers: two sentences
    std::optional<double> bytes;
    bool shared = false; ///< grey: belongs to the host
    bool absent = false; ///< this world has no such layer; drawn as an outline
};
using Stack = std::vector<StackBox>; ///< one box per level, in order

/// Facts of this machine that name the layers.
struct StackFacts {
    QString host_kernel, guest_kernel, hypervisor;
    QString hardware; ///< "2 CPUs · 24 GB"
    QString workload; ///< command name
};

class StackWords {
    Q_DECLARE_TR_FUNCTIONS(StackWords)
  public:
    static Stack make(const SideView& side, const StackFacts& facts);
};

/// Heights of the levels, in pixels: a floor for all, the rest by share of the side's memory, the greater side
/// deciding. Their sum plus gaps is `height`, unless the floors alone need more. Pure.
std::array<double, stack_level_count> stack_heights(const Stack& a, const Stack& b, double height, double floor,
                                                    double gap);

} // namespace isolab
