// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>

#include "engine/launcher/command/events.h"
#include "engine/launcher/oci/lifecycle.h"
#include "engine/runtime/supervision.h"
#include "engine/supervisor/client_hub.h"
#include "engine/supervisor/health_monitor.h"
#include "engine/supervisor/log_writer.h"
#include "engine/supervisor/name_server.h"
#include "engine/supervisor/report_file.h"
#include "engine/supervisor/workload_streams.h"

namespace isolab::supervisor {

/// One container from its first start to its end for good, through all restarts. Single-threaded, one poll(2) loop.
class Supervisor {
  public:
    static Result<Supervisor> open(const launcher::Options& options, const SupervisionOrder& order);

    /// A client that is connected already.
    void add_client(UniqueFd socket) { clients_.add(std::move(socket)); }

    /// Starts the workload for the first time. On failure the report says so and nothing is left running.
    tl::expected<int, launcher::LaunchFailure> start(launcher::Events& events);

    /// Returns when the container has ended for good, and nothing of it is this process's any more but what clients
    /// have not read yet.
    void stay();

    /// Gives them that, as long as they read.
    void take_leave();

  private:
    Supervisor(const launcher::Options& options, const SupervisionOrder& order, ClientHub clients, LogWriter log,
               UniqueFd signals, UniqueFd news, UniqueFd news_end);

    tl::expected<void, launcher::LaunchFailure> start_run(launcher::Events& events);
    launcher::Options restore_options() const;
    void start_again();
    void end_run();
    void decide_restart(int exit_code);
    void note_failed_start(const launcher::LaunchFailure& failure);

    void serve_once();
    int patience() const;
    void take_signal();
    void take_request(const ClientRequest& request);
    void signal_workload(std::string_view number);
    void copy_output(int stream);
    void drain_output();
    void write_report();

    launcher::Options options_;
    SupervisionOrder order_;
    ReportFile report_file_;
    ClientHub clients_;
    LogWriter log_;
    UniqueFd signals_;
    UniqueFd news_; ///< of later starts, whose marks nobody waits for
    UniqueFd news_end_;

    SupervisionReport report_;
    WorkloadStreams streams_;
    std::optional<launcher::RunningContainer> container_; ///< empty while it waits to be started again
    std::unique_ptr<HealthMonitor> health_;
    std::unique_ptr<NameServer> names_;
    Nanoseconds run_began_{0};
    Nanoseconds delay_{0};
    std::optional<Nanoseconds> restart_at_;
    bool over_ = false;
};

} // namespace isolab::supervisor
