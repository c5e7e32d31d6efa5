// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/json_fwd.h"

namespace isolab {

/// Applies instructions of a Dockerfile to the object "config" of an image configuration, as `docker commit --change`
/// does: CMD, ENTRYPOINT (which clears a CMD that the same list does not set), ENV, EXPOSE, HEALTHCHECK, LABEL,
/// SHELL, STOPSIGNAL, USER, VOLUME and WORKDIR. Other fields stay as they are. Words are split, unquoted, and variables
/// of ENV are put in as there ("$NAME", "${NAME}"), but not in CMD and ENTRYPOINT. invalid_argument names the
/// instruction that is wrong, and `config` is unchanged then. Pure.
Result<void> apply_config_changes(Json& config, const std::vector<std::string>& instructions);

/// The words of an instruction: separated by blanks, with quotes and backslashes taken away and variables replaced
/// from `env` ("NAME=value"; unknown ones are empty). invalid_argument: a quote or brace that is not closed.
Result<std::vector<std::string>> split_words(std::string_view text, const std::vector<std::string>& env);

} // namespace isolab
