// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <QString>

#include "compare/adapters/session.h"
#include "gui/theme/theme.h"

namespace isolab {

enum class StartPage { compare, book, results, system };

/// The command line of isolab-gui.
struct GuiOptions {
    std::string root; ///< data folder; empty: the default
    std::optional<std::string> libvirt_uri;
    std::optional<Accelerator> accelerator;
    MachineKind machine_kind = MachineKind::lean;
    std::optional<std::string> kernel; ///< of machines: a file
    std::string workload;              ///< chosen at first: an id or an image; empty: the default
    bool start = false;                ///< measure what the page shows at once: the comparison, or the book
    std::vector<std::string> worlds;   ///< chosen at first; empty: the default
    std::optional<unsigned> runs;
    std::optional<Theme::Choice> theme;  ///< empty: as saved
    std::optional<int> scale;            ///< percent; empty: as saved
    StartPage page = StartPage::compare; ///< shown first
    QString screenshots;                 ///< prefix of PNG files to take, then exit; empty: none
};

/// Reads the arguments; --help and --version print and exit. An Error names the bad value and what is possible.
Result<GuiOptions> parse_options(const QStringList& arguments);

/// --language is needed before there are any widgets: its value, otherwise the system's locale name.
QString wanted_language(const QStringList& arguments);

} // namespace isolab
