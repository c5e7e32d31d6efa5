// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/supervisor/supervisor.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>

#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/pipe.h"
#include "engine/base/process_identity.h"
#include "engine/base/utc_time.h"
#include "engine/launcher/checkpoint/checkpoint.h"
#include "engine/launcher/launch/monitor.h"
#include "engine/launcher/oci/exec.h"

namespace isolab::supervisor {
namespace {

constexpr std::chrono::seconds goodbye_patience{5}; // for clients that have output to read yet and do not read
constexpr std::chrono::seconds lossless_patience{60};

template <class Number> std::optional<Number> take_number(std::string_view& text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{})
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

int probe_with(const launcher::Options& container, const HealthCheck& check) {
    launcher::Options options;
    options.verb = launcher::Verb::exec;
    options.id = container.id;
    options.root = container.root;
    options.words = check.command;
    launcher::Events events(-1);
    const auto code = launcher::exec_in_container(options, events);
    if (code)
        return *code;
    events.send(ErrorRecord{code.error().error, code.error().exit_code});
    return code.error().exit_code;
}

} // namespace

Supervisor::Supervisor(const launcher::Options& options, const SupervisionOrder& order, ClientHub clients,
                       LogWriter log, UniqueFd signals, UniqueFd news, UniqueFd news_end)
    : options_(options), order_(order), report_file_(options.bundle / supervision_report_file),
      clients_(std::move(clients)), log_(std::move(log)), signals_(std::move(signals)), news_(std::move(news)),
      news_end_(std::move(news_end)) {
    options_.event_fd = -1; // of this process, not of the launch: the workload's input is what we arrange
    options_.preserved_fds = 0;
    options_.init = order.init;
    report_.supervisor = ::getpid();
    if (order_.names)
        names_ = std::make_unique<NameServer>(*order_.names, options_.id);
    if (order_.health)
        health_ = std::make_unique<HealthMonitor>(
            *order_.health, [options = options_](const HealthCheck& check) { return probe_with(options, check); });
}

Result<Supervisor> Supervisor::open(const launcher::Options& options, const SupervisionOrder& order) {
    ISOLAB_ASSIGN(UniqueFd signals, launcher::open_signals());
    ISOLAB_ASSIGN(ClientHub clients, ClientHub::listen(options.bundle / supervisor_socket));
    ISOLAB_ASSIGN(LogWriter log, LogWriter::open(options.bundle / output_log_file, order.log));
    ISOLAB_ASSIGN(SocketPair news, SocketPair::create(SOCK_SEQPACKET | SOCK_NONBLOCK));
    return Supervisor(options, order, std::move(clients), std::move(log), std::move(signals), std::move(news.first),
                      std::move(news.second));
}

void Supervisor::write_report() {
    if (health_ && container_)
        report_.health = health_->report();
    [[maybe_unused]] const auto written = report_file_.write(report_);
}

launcher::Options Supervisor::restore_options() const {
    launcher::Options options = options_;
    options.checkpoint.images = order_.restore->images;
    options.checkpoint.criu = order_.restore->criu;
    options.checkpoint.tcp_established = order_.restore->tcp_established;
    options.checkpoint.external_unix_sockets = order_.restore->external_unix_sockets;
    options.checkpoint.file_locks = order_.restore->file_locks;
    return options;
}

tl::expected<void, launcher::LaunchFailure> Supervisor::start_run(launcher::Events& events) {
    const auto failure = [](Error error) { return tl::unexpected(launcher::LaunchFailure{std::move(error)}); };
    const auto config = read_json_file(options_.bundle / "config.json");
    if (!config)
        return failure(config.error());
    if (auto kept = report_file_.reserve(); !kept) // what runs must be known to run
        return failure(kept.error());
    if (auto served = names_ ? names_->ensure() : Result<void>{}; !served)
        return failure(served.error());
    const bool terminal = config->contains("process") && (*config)["process"].value("terminal", false);
    if (auto prepared = streams_.prepare(order_.standard_input, terminal); !prepared)
        return failure(prepared.error());
    // A later start begins anew: what was saved is the past of a run that has ended.
    const bool goes_on = order_.restore && report_.restarts == 0;
    auto started = goes_on ? launcher::restore_in_foreground(restore_options(), events)
                           : launcher::start_in_foreground(options_, events);
    auto master = started ? started->console.take_master() : Result<UniqueFd>{};
    if (auto arranged = streams_.started(master ? std::move(*master) : UniqueFd{}); started && !arranged)
        return failure(arranged.error());
    if (!started) {
        streams_.close();
        return tl::unexpected(started.error());
    }
    container_ = std::move(started->container);
    run_began_ = monotonic_now();
    report_.phase = SupervisionPhase::running;
    report_.process = identify_process(container_->pid).value_or(ProcessIdentity{}); // it is not reaped: it has one
    report_.started = utc_text(realtime_now());
    report_.error.clear();
    if (health_)
        health_->begin(run_began_);
    write_report();
    return {};
}

tl::expected<int, launcher::LaunchFailure> Supervisor::start(launcher::Events& events) {
    for (;;) { // what a first client has said already
        std::vector<pollfd> waiting;
        clients_.watch(waiting, true);
        if (::poll(waiting.data(), waiting.size(), 0) <= 0 ||
            std::ranges::none_of(waiting, [](const pollfd& one) { return (one.revents & POLLIN) != 0; }))
            break;
        clients_.serve(waiting, [this](const ClientRequest& request) { take_request(request); });
    }
    auto started = start_run(events);
    if (started)
        return 0;
    report_.error = started.error().error.message();
    report_.exit_code = started.error().exit_code;
    report_.phase = SupervisionPhase::ended;
    report_.ended = utc_text(realtime_now());
    write_report();
    return tl::unexpected(started.error());
}

void Supervisor::stay() {
    while (!over_)
        serve_once();
    report_.phase = SupervisionPhase::ended;
    write_report();
    clients_.announce(SupervisorWord::ended, std::to_string(report_.exit_code));
    health_.reset();
    names_.reset(); // the next supervisor's has the same address
    clients_.stop_listening();
}

void Supervisor::take_leave() { clients_.drain(clients_.is_congested() ? lossless_patience : goodbye_patience); }

/// How long poll(2) may wait, in milliseconds.
int Supervisor::patience() const {
    std::optional<Nanoseconds> due = restart_at_;
    if (health_ && container_)
        if (const auto probe = health_->due(); probe && (!due || *probe < *due))
            due = probe;
    if (!due)
        return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*due - monotonic_now()).count();
    return static_cast<int>(std::clamp<long>(left, 0, 1 << 30));
}

void Supervisor::serve_once() {
    const auto streams = streams_.watched(clients_.is_congested());
    std::vector<pollfd> watched{{signals_.get(), POLLIN, 0},
                                {container_ ? container_->pidfd.get() : -1, POLLIN, 0},
                                {health_ ? health_->output() : -1, POLLIN, 0}};
    watched.insert(watched.end(), streams.begin(), streams.end());
    const std::size_t first_client = watched.size();
    clients_.watch(watched, streams_.wants_more());
    if (::poll(watched.data(), watched.size(), patience()) < 0 && errno != EINTR) {
        over_ = true;
        return;
    }
    const std::span<const pollfd> ready(watched);
    if (ready[3].revents != 0)
        copy_output(0);
    if (ready[4].revents != 0)
        copy_output(1);
    if (ready[5].revents != 0)
        streams_.pass_input();
    if (ready[2].revents != 0)
        health_->read_output();
    if (ready[0].revents != 0)
        take_signal();
    clients_.serve(ready.subspan(first_client), [this](const ClientRequest& request) { take_request(request); });
    const Nanoseconds now = monotonic_now();
    if (health_ && container_)
        health_->tick(now);
    if (container_ && ready[1].revents != 0)
        end_run();
    if (restart_at_ && monotonic_now() >= *restart_at_)
        start_again();
}

void Supervisor::copy_output(int stream) {
    const std::string_view bytes = streams_.read(stream);
    if (bytes.empty())
        return;
    log_.write(stream == 1, bytes, realtime_now());
    clients_.send_output(stream == 1 ? SupervisorWord::err : SupervisorWord::out, bytes);
}

/// What the workload wrote before its end.
void Supervisor::drain_output() {
    for (const int stream : {0, 1})
        for (;;) {
            const std::string_view bytes = streams_.read(stream);
            if (bytes.empty())
                break;
            log_.write(stream == 1, bytes, realtime_now());
            clients_.send_output(stream == 1 ? SupervisorWord::err : SupervisorWord::out, bytes);
        }
    log_.flush(realtime_now());
}

void Supervisor::end_run() {
    if (health_) {
        report_.health = health_->report();
        health_->end();
    }
    const ExitRecord exit = launcher::reap(*container_, true);
    report_.warnings.clear();
    if (auto removed = launcher::remove_group(*container_); !removed)
        report_.warnings.push_back(removed.error().message());
    container_.reset();
    drain_output();
    streams_.close();
    if (!log_.error().empty())
        report_.warnings.push_back(log_.error());
    launcher::Events events(news_.get());
    if (auto removed = launcher::forget_container(options_, events);
        !removed && removed.error().kind != ErrorKind::not_found)
        report_.warnings.push_back(removed.error().message());
    report_.process = {};
    report_.ended = utc_text(realtime_now());
    report_.exit_code = exit.status.code;
    report_.signal = exit.status.signal;
    report_.out_of_memory = exit.status.out_of_memory;
    decide_restart(exit.status.code);
}

void Supervisor::decide_restart(int exit_code) {
    const Nanoseconds now = monotonic_now();
    const Nanoseconds ran = now - run_began_;
    if (report_.stopped_by_user || !is_restarted(order_.restart, exit_code, report_.restarts)) {
        over_ = true;
        return;
    }
    delay_ = restart_delay(delay_, ran);
    restart_at_ = now + delay_;
    report_.phase = SupervisionPhase::restarting;
    write_report();
    clients_.announce(SupervisorWord::run_ended, std::to_string(exit_code));
}

void Supervisor::start_again() {
    restart_at_.reset();
    ++report_.restarts;
    launcher::Events events(news_.get());
    auto started = start_run(events);
    std::array<char, launch_packet_limit> heard; // NOLINT(cppcoreguidelines-pro-type-member-init): nobody reads it
    while (::recv(news_end_.get(), heard.data(), heard.size(), 0) > 0) {
    }
    if (!started)
        note_failed_start(started.error());
}

void Supervisor::note_failed_start(const launcher::LaunchFailure& failure) {
    report_.process = {};
    report_.error = failure.error.message();
    report_.exit_code = failure.exit_code;
    report_.ended = utc_text(realtime_now());
    run_began_ = monotonic_now();
    decide_restart(failure.exit_code);
}

void Supervisor::take_signal() {
    signalfd_siginfo info{};
    if (::read(signals_.get(), &info, sizeof info) != static_cast<ssize_t>(sizeof info))
        return;
    if (info.ssi_signo == SIGCHLD) {
        if (auto revived = names_ ? names_->revive(monotonic_now()) : Result<void>{}; !revived)
            report_.warnings.push_back(revived.error().message());
        if (health_ && health_->reap(monotonic_now()))
            write_report();
        return;
    }
    // Whoever ends this process wants the container to end: the machine shuts down.
    if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT || info.ssi_signo == SIGQUIT)
        take_request({ClientWord::stop, std::to_string(order_.stop_signal), false});
}

void Supervisor::signal_workload(std::string_view number) {
    const auto signal = take_number<int>(number);
    if (container_ && signal && *signal > 0 && *signal <= SIGRTMAX)
        launcher::signal_container(*container_, *signal);
}

void Supervisor::take_request(const ClientRequest& request) {
    std::string_view rest = request.rest;
    switch (request.word) {
    case ClientWord::attach:
        return;
    case ClientWord::input:
        if (!request.gives_input)
            return;
        if (!rest.empty())
            streams_.give(rest);
        else if (order_.input_once)
            streams_.end_input();
        return;
    case ClientWord::resize: {
        const auto rows = take_number<unsigned short>(rest);
        rest.remove_prefix(std::min<std::size_t>(1, rest.size()));
        if (const auto columns = take_number<unsigned short>(rest); rows && columns)
            streams_.resize(*rows, *columns);
        return;
    }
    case ClientWord::signal:
        signal_workload(rest);
        return;
    case ClientWord::stop:
        report_.stopped_by_user = true;
        if (restart_at_) { // nothing runs
            restart_at_.reset();
            over_ = true;
        }
        signal_workload(rest);
        return;
    case ClientWord::policy:
        if (auto policy = parse_restart_policy(std::string(rest)))
            order_.restart = *policy;
        return;
    }
}

} // namespace isolab::supervisor
