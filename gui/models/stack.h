// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <vector>

#include <QCoreApplication>
#include <QString>

#include "compare/adapters/session.h"
#include "gui/models/host_size.h"
#include "gui/models/side_view.h"

namespace isolab {

/// The levels of the stack from top to bottom; the same level stands at the same height in all worlds.
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
    bool operator==(const StackBox&) const = default;
};
using Stack = std::vector<StackBox>; ///< one box per level, in order

/// What names the layers of one world; empty where it is not known.
struct StackFacts {
    QString workload;     ///< command name
    QString command;      ///< the whole command line
    QString image;        ///< name and digest
    QString host_kernel;  ///< release, "6.18.5"
    QString guest_kernel; ///< release, "6.1.0-56-cloud-amd64"
    QString qemu;         ///< version, "7.2.22"
    QString machine;      ///< "pc, firmware qboot"
    QString limits;       ///< what holds the container within its limits: "cgroup hybrid"
    QString hardware;     ///< "2 CPUs · 24 GB"
};

class StackWords {
    Q_DECLARE_TR_FUNCTIONS(StackWords)
  public:
    static Stack make(const SideView& side, const StackFacts& facts);
    /// From what a result recorded, so that an older one is not dressed with today's machine.
    static StackFacts facts_of(const ComparisonResult& result, const std::string& world);
    /// Of what would run here now; `status` may be null.
    static StackFacts facts_here(const std::string& world, const Workload& workload, const SessionStatus* status,
                                 const HostSize& host);
};

/// The part of the side's memory that each layer has, 0..1; all zero when nothing was measured. Pure.
std::array<double, stack_level_count> stack_shares(const Stack& stack);

} // namespace isolab
