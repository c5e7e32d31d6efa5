// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/container_commands.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "cli/terminal.h"

namespace isolab {

Result<OpenContainers> OpenContainers::open(const GlobalOptions& globals, bool starts) {
    EngineOptions options;
    options.enter_scope = starts;
    ISOLAB_ASSIGN(options.root, data_root(globals.session));
    ISOLAB_ASSIGN(std::unique_ptr<Engine> engine, Engine::open(options));
    ISOLAB_ASSIGN(Containers containers, engine->containers());
    return OpenContainers{std::move(engine), std::move(containers)};
}

void VerbPlace::on_run(CommandParser verb, std::function<Result<void>()> perform) const {
    verb.callback([perform = std::move(perform), &code = exit_code] {
        const auto done = perform();
        code = done ? ExitCode::ok : report_error(done.error());
    });
}

void VerbPlace::on_run_with_code(CommandParser verb, std::function<Result<int>()> perform) const {
    verb.callback([perform = std::move(perform), &code = exit_code] {
        const auto done = perform();
        code = done ? static_cast<ExitCode>(*done) : report_error(done.error());
    });
}

Result<void> for_each_container(const std::vector<std::string>& references,
                                const std::function<Result<void>(const std::string&)>& act, unsigned at_once) {
    std::mutex mutex;
    std::vector<Error> errors;
    Result<void> printed;
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i = next++; i < references.size(); i = next++) {
            auto done = act(references[i]);
            const std::lock_guard lock(mutex);
            if (!done)
                errors.push_back(done.error());
            else if (printed)
                printed = write_result(references[i] + "\n", {});
        }
    };
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < std::min<std::size_t>(at_once, references.size()); ++i)
        others.emplace_back(work);
    work();
    others.clear(); // waits for them
    if (!printed)
        errors.push_back(printed.error());
    if (errors.empty())
        return {};
    for (std::size_t i = 0; i + 1 < errors.size(); ++i)
        report_error(errors[i]);
    return fail(errors.back());
}

void warn_all(const std::vector<std::string>& warnings) {
    for (const std::string& warning : warnings)
        write_error("isolab: warning: " + warning + "\n");
}

std::vector<std::string> words_of(const std::vector<std::string>& own, const std::vector<std::string>& after_dashes) {
    std::vector<std::string> words = own;
    if (own.size() > 1 && !after_dashes.empty()) // they were the workload's own
        words.emplace_back("--");
    words.insert(words.end(), after_dashes.begin(), after_dashes.end());
    return words;
}

} // namespace isolab
