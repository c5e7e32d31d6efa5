// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/paper.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include <sys/mman.h>
#include <unistd.h>

#include "compare/report/document_json.h"
#include "engine/base/json.h"
#include "engine/base/subprocess.h"

namespace isolab {
namespace {

constexpr const char* print_program = "isolab-print";

Result<std::string> find_print_program() {
    std::error_code failed;
    const auto beside = std::filesystem::read_symlink("/proc/self/exe", failed).parent_path() / print_program;
    if (::access(beside.c_str(), X_OK) == 0)
        return beside.string();
    if (auto in_path = find_program(print_program))
        return *in_path;
    return fail(
        ErrorKind::unavailable, "write a PDF with", print_program, "it is neither beside this program nor in PATH",
        "Build or install Isolab with its window (ISOLAB_BUILD_GUI, which needs Qt 6), or choose --format html and "
        "print that");
}

/// A file in memory: what is read from one cannot fill a pipe that nobody empties.
Result<UniqueFd> memory_file(const char* name) {
    UniqueFd fd(::memfd_create(name, MFD_CLOEXEC));
    if (!fd)
        return fail_errno(errno, "make a file in memory", name);
    return fd;
}

Result<void> fill(const UniqueFd& fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(fd.get(), text.data(), text.size());
        if (written > 0)
            text.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR)
            return fail_errno(errno, "write into memory", print_program);
    }
    if (::lseek(fd.get(), 0, SEEK_SET) != 0)
        return fail_errno(errno, "rewind a file in memory", print_program);
    return {};
}

Result<std::string> content_of(const UniqueFd& fd) {
    const off_t size = ::lseek(fd.get(), 0, SEEK_END);
    std::string text(static_cast<std::size_t>(std::max<off_t>(size, 0)), '\0');
    for (std::size_t done = 0; done < text.size();) {
        const ssize_t got = ::pread(fd.get(), text.data() + done, text.size() - done, static_cast<off_t>(done));
        if (got > 0)
            done += static_cast<std::size_t>(got);
        else if (got == 0 || errno != EINTR)
            return fail_errno(got == 0 ? EIO : errno, "read from memory", print_program);
    }
    return text;
}

/// Its last line without the program's name, or how it ended.
std::string cause_of(const std::string& errors, const ChildExit& end) {
    std::string_view text = errors;
    while (text.ends_with('\n'))
        text.remove_suffix(1);
    if (text.empty())
        return end.signal != 0 ? "signal " + std::to_string(end.signal) + " ended it"
                               : "it ended with code " + std::to_string(end.code);
    const std::string_view last = text.substr(text.rfind('\n') + 1);
    const std::string own = std::string(print_program) + ": ";
    return std::string(last.starts_with(own) ? last.substr(own.size()) : last);
}

} // namespace

Result<std::string> pdf_of_document(const Document& document, const StopToken& stop) {
    ISOLAB_ASSIGN(const std::string program, find_print_program());
    ISOLAB_ASSIGN(const UniqueFd input, memory_file("document"));
    ISOLAB_ASSIGN(const UniqueFd output, memory_file("pdf"));
    ISOLAB_ASSIGN(const UniqueFd errors, memory_file("errors"));
    ISOLAB_TRY(fill(input, document_json(document).dump()));
    Command command{{program}, {}, {{0, input.get()}, {1, output.get()}, {2, errors.get()}}, true, {}};
    ISOLAB_ASSIGN(ChildProcess child, spawn(command));
    const auto waited = child.wait(stop);
    ISOLAB_TRY(stop.check("write a PDF"));
    ISOLAB_ASSIGN(const ChildExit end, waited);
    if (end.code != 0) {
        ISOLAB_ASSIGN(const std::string said, content_of(errors));
        return fail(ErrorKind::system, "write a PDF with", program, cause_of(said, end));
    }
    return content_of(output);
}

Result<void> check_binary_output(const std::string& file) {
    const bool terminal = file.empty() && ::isatty(STDOUT_FILENO) == 1;
    if (terminal)
        return fail(ErrorKind::invalid_argument, "write a PDF to", "the terminal", "it is no text",
                    "Name a file with --output FILE, or redirect standard output");
    return {};
}

} // namespace isolab
