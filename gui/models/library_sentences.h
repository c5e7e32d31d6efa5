// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <QString>

namespace isolab {

/// What engine and virtual machines say of this machine, in English and with names and numbers already in it, in the
/// language of the window: the prerequisites, and why something does not work. A sentence that is not in the table
/// stays as it is, and so does the part of one that is not.
QString translated_sentences(const std::string& english);

} // namespace isolab
