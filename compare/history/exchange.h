// SPDX-License-Identifier: GPL-3.0-or-later
//
// Taking in results of other histories.
#pragma once

#include "compare/history/history.h"

namespace SQLite {
class Database;
}

namespace isolab {

/// Writes a result with its parts, origin and words; false when it is there already with the same content. Errors are
/// those of History::import_results(), and leave what was written. Runs in a transaction of its caller and throws
/// SQLite::Exception.
Result<bool> take_in(SQLite::Database& database, const PortableResult& portable);

} // namespace isolab
