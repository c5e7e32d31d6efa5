// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QCoreApplication>
#include <QString>

#include "compare/adapters/session.h"
#include "gui/theme/colours.h"

namespace isolab {

/// One fact about this machine, with its reason.
struct StatusFact {
    QString name;   ///< "processor"
    QString value;  ///< "software emulation (TCG)"
    QString reason; ///< why, and what to do; may be empty
    Tone tone = Tone::neutral;
};

/// The status line in words. Pure.
class StatusText {
    Q_DECLARE_TR_FUNCTIONS(StatusText)
  public:
    static std::vector<StatusFact> facts(const SessionStatus& status);
    /// What a reader must know before trusting any number, the worst first.
    static std::vector<StatusFact> warnings(const SessionStatus& status);
    static QString line(const SessionStatus& status); ///< "TCG · cgroup hybrid · root"
};

} // namespace isolab
