// SPDX-License-Identifier: GPL-3.0-or-later
//
// Results without what tells the machine that they were made on and its user from all others. Pure.
#pragma once

#include "compare/experiment/experiment_result.h"
#include "compare/report/export_json.h"
#include "engine/base/host_identity.h"

namespace isolab {

/// Every text of a document, wherever it is, with stable words in place of what identifies: "<host>" for names of the
/// host, "<user>" for those of users, "<id>" for their numbers and for all UUIDs and words of 32 hexadecimal digits,
/// "<mac>" for all MAC addresses, "<data>" for the data folder, "<home>" for homes, /root and what is in /home. Names
/// count as whole words, in whatever case, and not where the document uses the same word for a world or as a field's
/// name: a host called "vm" tells nobody anything. Names of fields stay as they are.
Json without_identity(const Json& document, const HostIdentity& host);

/// The same of results; unsupported when what is left is no result, because a name is part of what it means.
Result<ComparisonResult> without_identity(const ComparisonResult& result, const HostIdentity& host);
Result<ExperimentResult> without_identity(const ExperimentResult& result, const HostIdentity& host);
Result<SuiteResult> without_identity(const SuiteResult& result, const HostIdentity& host);

/// The same with tags and notes, and without the origin, whose name counts as one of the host.
Result<PortableResult> without_identity(const PortableResult& portable, const HostIdentity& host);

} // namespace isolab
