// SPDX-License-Identifier: GPL-3.0-or-later
//
// What people say of results: tags and notes; and what they do not want any more.
#include <algorithm>

#include "cli/history_commands.h"
#include "engine/base/standard_streams.h"
#include "engine/base/text.h"

namespace isolab {
namespace {

struct TagOptions {
    std::string id;
    std::vector<std::string> added, removed;
};

struct NoteOptions {
    std::string id;
    std::optional<std::string> text;
    bool clear = false;
};

/// Text of foreign origin, line by line.
std::string plain_lines(const std::string& text) {
    std::string plain;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        plain += plain_text(std::string_view(text).substr(begin, end - begin)) + "\n";
        begin = end + 1;
    }
    return plain;
}

Result<void> tag_result(const GlobalOptions& globals, const TagOptions& options) {
    ISOLAB_ASSIGN(const auto reader, open_history(globals));
    ISOLAB_ASSIGN(const HistoryEntry entry, reader->find(options.id));
    if (options.added.empty() && options.removed.empty()) {
        std::string text;
        for (const std::string& tag : entry.tags)
            text += plain_text(tag) + "\n";
        return write_result(text, {});
    }
    for (const std::string& tag : options.removed)
        if (std::ranges::find(entry.tags, tag) == entry.tags.end())
            return fail(ErrorKind::not_found, "remove tag", tag, "result " + entry.id + " does not have it",
                        "List its tags: isolab history tag " + entry.id);
    ISOLAB_ASSIGN(const auto history, open_history_to_write(globals));
    return history->change_tags(entry.id, options.added, options.removed);
}

/// "-": all of standard input, without the line ends behind it.
Result<std::string> note_text(const std::string& text) {
    if (text != "-")
        return text;
    ISOLAB_ASSIGN(std::string all, read_standard_input(longest_note));
    all.resize(all.find_last_not_of('\n') + 1);
    return all;
}

Result<void> note_result(const GlobalOptions& globals, const NoteOptions& options) {
    if (options.clear && options.text)
        return fail(ErrorKind::invalid_argument, "write the note of", options.id,
                    "there is a text, and --clear removes the note", "Use one of them");
    ISOLAB_ASSIGN(const auto reader, open_history(globals));
    ISOLAB_ASSIGN(const HistoryEntry entry, reader->find(options.id));
    if (!options.clear && !options.text)
        return write_result(plain_lines(entry.note), {});
    std::string note;
    if (options.text) {
        ISOLAB_ASSIGN(note, note_text(*options.text));
        if (note.empty())
            return fail(ErrorKind::invalid_argument, "write the note of", entry.id, "the text is empty",
                        "Remove a note with --clear");
    }
    ISOLAB_ASSIGN(const auto history, open_history_to_write(globals));
    return history->set_note(entry.id, note);
}

Result<void> remove_results(const GlobalOptions& globals, const std::vector<std::string>& beginnings) {
    ISOLAB_ASSIGN(const auto reader, open_history(globals));
    std::vector<std::string> ids;
    for (const std::string& beginning : beginnings) {
        ISOLAB_ASSIGN(HistoryEntry entry, reader->find(beginning));
        if (!entry.part_of.empty() && reader->find(entry.part_of))
            return fail(ErrorKind::invalid_argument, "remove result", entry.id,
                        "it belongs to result " + entry.part_of + ", which would be left incomplete",
                        "Remove that one: isolab history rm " + entry.part_of);
        ids.push_back(std::move(entry.id));
    }
    ISOLAB_ASSIGN(const auto history, open_history_to_write(globals));
    ISOLAB_TRY(history->remove_all(ids));
    std::string text;
    for (const std::string& id : ids)
        text += id + "\n";
    return write_result(text, {});
}

} // namespace

void add_history_note_commands(CommandParser group, GlobalOptions& globals, ExitCode& exit_code) {
    auto tags = std::make_shared<TagOptions>();
    const CommandParser tag = group.add_subcommand("tag", "Give one tags, take some away, or print them");
    tag.add_option("id", tags->id, "Its id or the beginning of it").required().type_name("ID");
    tag.add_option("tags", tags->added, "Words to find it by (isolab history ls --tag)").type_name("TAG");
    tag.add_option("-d,--delete", tags->removed, "Take this tag away; several times for several")
        .type_name("TAG")
        .allow_extra_args(false);
    tag.callback([tags, &globals, &exit_code] { exit_code = exit_code_of(tag_result(globals, *tags)); });

    auto note = std::make_shared<NoteOptions>();
    const CommandParser note_command = group.add_subcommand("note", "Write the note of one, or print it");
    note_command.add_option("id", note->id, "Its id or the beginning of it").required().type_name("ID");
    note_command.add_option("text", note->text, "The new note; - reads it from standard input").type_name("TEXT");
    note_command.add_flag("--clear", note->clear, "Remove the note");
    note_command.callback([note, &globals, &exit_code] { exit_code = exit_code_of(note_result(globals, *note)); });

    auto ids = std::make_shared<std::vector<std::string>>();
    const CommandParser rm = group.add_subcommand("rm", "Remove some, with all that belongs to them; prints their ids");
    rm.add_option("id", *ids, "Their ids or the beginnings of them").required().type_name("ID");
    rm.callback([ids, &globals, &exit_code] { exit_code = exit_code_of(remove_results(globals, *ids)); });
}

} // namespace isolab
