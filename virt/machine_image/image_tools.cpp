// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/machine_image/image_tools.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <set>

#include <poll.h>
#include <unistd.h>

#include "engine/base/pipe.h"

namespace isolab {
namespace {

constexpr std::size_t kept_output = 65536;
constexpr int longest_death = 2000; ///< ms: killed processes that wait for a disk

std::vector<std::string> tool_environment(const std::vector<std::string>& variables) {
    std::vector<std::string> environment{"LC_ALL=C", "LANGUAGE="};
    for (const char* name : {"PATH", "HOME", "SOURCE_DATE_EPOCH", "http_proxy", "https_proxy"}) {
        const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): never set by this program
        if (value != nullptr)
            environment.push_back(std::string(name) + "=" + value);
    }
    environment.insert(environment.end(), variables.begin(), variables.end());
    return environment;
}

/// A program and all that it started: they share its process group and write to one pipe. When this goes out of scope
/// early, all of them are killed: what they made is in a folder that goes, and apt would finish its work at a SIGTERM.
class ToolProcess {
  public:
    ToolProcess(ChildProcess child, const UniqueFd& output) : child_(std::move(child)), output_(output.get()) {}
    ToolProcess(const ToolProcess&) = delete;
    ToolProcess& operator=(const ToolProcess&) = delete;
    ~ToolProcess() {
        if (ended_)
            return;
        ::kill(-child_.pid(), SIGKILL);
        wait_for_all();
    }

    Result<ChildExit> wait(const StopToken& stop) {
        auto exit = child_.wait(stop);
        ended_ = exit.has_value();
        return exit;
    }

  private:
    /// Until nobody has the pipe any more, so that nobody writes into the folder while it is removed.
    void wait_for_all() const {
        std::array<char, 4096> buffer{};
        pollfd readable{output_, POLLIN, 0};
        while (::poll(&readable, 1, longest_death) > 0 && ::read(output_, buffer.data(), buffer.size()) > 0)
            ;
    }

    ChildProcess child_;
    int output_;
    bool ended_ = false;
};

/// Passes complete lines on and keeps the rest for later.
void pass_lines(std::string& pending, const TakeLine& take) {
    for (auto end = pending.find_first_of("\r\n"); end != std::string::npos; end = pending.find_first_of("\r\n")) {
        const std::string line = pending.substr(0, end);
        pending.erase(0, end + 1);
        if (!line.empty() && take)
            take(line);
    }
}

/// Reads until the other end is closed by all who have it.
Result<std::string> read_output(const UniqueFd& from, const StopToken& stop, const TakeLine& take,
                                const std::string& program) {
    std::string kept;
    std::string pending;
    std::array<char, 4096> buffer{};
    for (;;) {
        std::array<pollfd, 2> fds{pollfd{from.get(), POLLIN, 0}, pollfd{stop.fd(), POLLIN, 0}};
        if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR)
            return fail_errno(errno, "wait for", program);
        ISOLAB_TRY(stop.check("run " + program));
        if (fds[0].revents == 0)
            continue;
        const ssize_t size = ::read(from.get(), buffer.data(), buffer.size());
        if (size < 0 && errno != EINTR)
            return fail_errno(errno, "read what it prints:", program);
        if (size == 0)
            return kept;
        const std::string_view text(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
        kept += text;
        if (kept.size() > 2 * kept_output)
            kept.erase(0, kept.size() - kept_output);
        pending += text;
        pass_lines(pending, take);
    }
}

} // namespace

Result<std::string> find_image_tool(const ImageTool& tool) {
    if (auto found = find_program(std::string(tool.program)))
        return std::move(*found);
    return fail(ErrorKind::unavailable, "run", std::string(tool.program), "it is not installed",
                "Install " + std::string(tool.package));
}

Result<void> require_image_tools(const std::vector<ImageTool>& tools) {
    std::string programs;
    std::set<std::string_view> packages;
    for (const ImageTool& tool : tools) {
        if (find_program(std::string(tool.program)))
            continue;
        programs += (programs.empty() ? "" : ", ") + std::string(tool.program);
        packages.insert(tool.package);
    }
    if (packages.empty())
        return {};
    std::string remedy = "Install";
    for (const std::string_view package : packages)
        remedy += " " + std::string(package);
    return fail(ErrorKind::unavailable, "run", programs, "not installed", remedy);
}

Result<CommandOutput> run_image_tool(const std::vector<std::string>& argv, const StopToken& stop, const TakeLine& take,
                                     const std::vector<std::string>& variables) {
    ISOLAB_TRY(stop.check("run " + argv.front()));
    ISOLAB_ASSIGN(Pipe pipe, Pipe::create());
    Command command{argv, tool_environment(variables), {{1, pipe.write.get()}, {2, pipe.write.get()}}};
    command.new_session = true;
    ISOLAB_ASSIGN(ChildProcess child, spawn(command));
    ToolProcess process(std::move(child), pipe.read);
    pipe.write.reset();
    CommandOutput output;
    ISOLAB_ASSIGN(output.err, read_output(pipe.read, stop, take, argv.front()));
    ISOLAB_ASSIGN(const ChildExit exit, process.wait(stop));
    output.code = exit.code;
    return output;
}

Result<void> check_image_tool(const std::vector<std::string>& argv, const StopToken& stop, const TakeLine& take,
                              const std::vector<std::string>& variables) {
    ISOLAB_ASSIGN(const CommandOutput output, run_image_tool(argv, stop, take, variables));
    if (output.code == 0)
        return {};
    const std::string said = last_words(output.err);
    if (said.find("No space left on device") != std::string::npos)
        return fail(ErrorKind::no_space, "run", argv.front(), said, "Make room there, or use another data folder");
    return fail(ErrorKind::system, "run", argv.front(),
                said.empty() ? "exit code " + std::to_string(output.code) : said);
}

std::string last_words(std::string_view text) {
    const auto end = text.find_last_not_of(" \t\r\n");
    if (end == std::string_view::npos)
        return {};
    const std::string_view trimmed = text.substr(0, end + 1);
    const auto before = trimmed.find_last_of("\r\n");
    return std::string(before == std::string_view::npos ? trimmed : trimmed.substr(before + 1));
}

} // namespace isolab
