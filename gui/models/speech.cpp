// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/speech.h"

#include "gui/models/words.h"

namespace isolab {

Speech window_speech() {
    return {Words::language().toStdString(), [](const Fact& fact) { return Words::fact(fact).toStdString(); }};
}

} // namespace isolab
