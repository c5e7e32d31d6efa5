// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/report/document.h"

#include <array>

#include "compare/model/format.h"
#include "compare/report/document_parts.h"
#include "engine/base/json.h"
#include "engine/base/utc_time.h"

namespace isolab {
namespace {

/// A text or a number of the environment record; empty where it is not known.
std::string recorded(const Json& environment, const char* pointer) {
    const Json::json_pointer place(pointer);
    if (!environment.contains(place))
        return {};
    const Json& value = environment[place];
    return value.is_null() ? "" : value.is_string() ? value.get<std::string>() : value.dump();
}

std::string bytes_of(const Json& environment, const char* pointer) {
    const Json::json_pointer place(pointer);
    const bool known = environment.contains(place) && environment[place].is_number();
    return known ? format_bytes(environment[place].get<double>()) : "";
}

std::string versions_of(const Json& environment) {
    std::string text;
    if (environment.contains("versions") && environment["versions"].is_object())
        for (const auto& [program, version] : environment["versions"].items())
            text += (text.empty() ? "" : ", ") + program + " " +
                    (version.is_string() ? version.get<std::string>() : version.dump());
    return text;
}

} // namespace

DocumentWriter::DocumentWriter(std::string title, const Speech& speech) : speech_(speech) {
    document_.title = std::move(title);
    document_.language = speech.language;
}

std::string DocumentWriter::say(const char* statement, std::vector<Fact> values) const {
    return speech_.say(Fact::said(statement, std::move(values)));
}

std::string DocumentWriter::sentences(const std::vector<Fact>& facts) const {
    std::string text;
    for (const Fact& fact : facts) {
        const std::string sentence = fact.empty() ? "" : say(fact);
        if (!text.empty() && !sentence.empty() && !text.ends_with("。"))
            text += ' ';
        text += sentence;
    }
    return text;
}

void DocumentWriter::heading(unsigned level, std::string text, std::string anchor) {
    DocumentBlock block;
    block.kind = DocumentBlock::Kind::heading;
    block.level = level;
    block.text = std::move(text);
    block.anchor = std::move(anchor);
    document_.blocks.push_back(std::move(block));
}

void DocumentWriter::paragraph(std::string text, std::string link) {
    DocumentBlock block;
    block.text = std::move(text);
    block.link = std::move(link);
    document_.blocks.push_back(std::move(block));
}

void DocumentWriter::caption(std::string text) {
    DocumentBlock block;
    block.kind = DocumentBlock::Kind::caption;
    block.text = std::move(text);
    document_.blocks.push_back(std::move(block));
}

void DocumentWriter::note(std::string text) {
    DocumentBlock block;
    block.kind = DocumentBlock::Kind::note;
    block.text = std::move(text);
    document_.blocks.push_back(std::move(block));
}

void DocumentWriter::table(DocumentTable table) {
    DocumentBlock block;
    block.kind = DocumentBlock::Kind::table;
    block.table = std::move(table);
    document_.blocks.push_back(std::move(block));
}

void DocumentWriter::figure(Drawing drawing) {
    DocumentBlock block;
    block.kind = DocumentBlock::Kind::figure;
    block.figure = std::move(drawing);
    document_.blocks.push_back(std::move(block));
}

void DocumentWriter::environment(const SharedJson& environment) {
    if (!environment || !environment->is_object())
        return;
    const Json& record = *environment;
    const std::array rows{
        std::pair{"report.cpu", recorded(record, "/cpu/model") + " × " + recorded(record, "/cpu/count")},
        std::pair{"report.memory", bytes_of(record, "/memory/total")},
        std::pair{"report.kernel", recorded(record, "/kernel")},
        std::pair{"report.governor", recorded(record, "/cpu/governor")},
        std::pair{"report.cgroups", recorded(record, "/cgroup_mode")},
        std::pair{"report.file_system", recorded(record, "/data_file_system")},
        std::pair{"report.versions", versions_of(record)},
        std::pair{"report.load", recorded(record, "/load_before/load1")},
    };
    heading(2, say("report.machine"));
    DocumentTable table;
    for (const auto& [statement, text] : rows)
        if (!text.empty())
            table.rows.push_back({{say(statement)}, {text}});
    this->table(std::move(table));
}

} // namespace isolab
