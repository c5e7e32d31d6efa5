// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/jobs/result_files.h"

#include "compare/report/any_result.h"
#include "compare/report/html_report.h"
#include "compare/report/report_csv.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "gui/print/pdf.h"

namespace isolab {

Result<void> write_results(const std::vector<PortableResult>& results, ResultFormat format, const std::string& file,
                           const Speech& speech) {
    if (format == ResultFormat::exchange)
        return write_user_file(file, export_json(results).dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
    std::vector<AnyResult> plain;
    for (const PortableResult& one : results)
        plain.push_back(one.result);
    if (format == ResultFormat::csv)
        return write_user_file(file, report_csv(comparisons_of(plain)));
    const Document document = joined_document(plain, speech);
    return format == ResultFormat::html ? write_user_file(file, html_report(document))
                                        : write_pdf(document, QString::fromStdString(file));
}

Result<std::vector<PortableResult>> read_results(const std::string& file) {
    ISOLAB_ASSIGN(const std::string text, read_file(file, largest_export));
    ISOLAB_ASSIGN(const Json document, parse_json(text, file));
    return parse_export(document, file);
}

} // namespace isolab
