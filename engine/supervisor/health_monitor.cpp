// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/supervisor/health_monitor.h"

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/error.h"
#include "engine/base/parent_death.h"
#include "engine/base/pipe.h"
#include "engine/base/utc_time.h"

namespace isolab::supervisor {
namespace {

constexpr std::size_t longest_output = 4096;
constexpr std::size_t most_probes = 5;

/// Docker's codes for a probe that could not be run or did not end.
constexpr int no_answer = -1;

} // namespace

void HealthMonitor::begin(Nanoseconds now) {
    end();
    report_ = {};
    begun_ = now;
    next_ = now + pause_after(now);
}

Nanoseconds HealthMonitor::pause_after(Nanoseconds now) const {
    const bool starts = report_.status == "starting" && now < begun_ + check_.start_period;
    return starts ? check_.start_interval : check_.interval;
}

void HealthMonitor::end() {
    next_.reset();
    if (probe_ < 0)
        return;
    ::kill(probe_, SIGKILL);
    while (::waitpid(probe_, nullptr, 0) < 0 && errno == EINTR) {
    }
    probe_ = -1;
    output_.reset();
}

std::optional<Nanoseconds> HealthMonitor::due() const {
    if (probe_ < 0)
        return next_;
    return timed_out_ ? std::nullopt : std::optional(deadline_);
}

void HealthMonitor::tick(Nanoseconds now) {
    if (probe_ >= 0) {
        if (!timed_out_ && now >= deadline_) {
            timed_out_ = true;
            ::kill(probe_, SIGKILL); // what it runs inside the container dies with it
        }
        return;
    }
    if (next_ && now >= *next_)
        start(now);
}

void HealthMonitor::start(Nanoseconds now) {
    started_ = utc_text(realtime_now());
    text_.clear();
    timed_out_ = false;
    deadline_ = now + check_.timeout;
    next_ = now + pause_after(now);
    auto pipe = Pipe::create();
    if (!pipe) {
        text_ = pipe.error().within("run the health check").message();
        judge(no_answer, now);
        return;
    }
    output_ = std::move(pipe->read);
    const UniqueFd write = std::move(pipe->write);
    ::fcntl(output_.get(), F_SETFL, O_NONBLOCK);
    const pid_t supervisor = ::getpid();
    probe_ = ::fork();
    if (probe_ == 0) {
        die_with(supervisor);
        ::dup2(write.get(), STDOUT_FILENO);
        ::dup2(write.get(), STDERR_FILENO);
        ::_exit(program_(check_));
    }
    if (probe_ < 0) {
        text_ = system_error(errno, "run the health check").message();
        output_.reset();
        judge(no_answer, now);
    }
}

void HealthMonitor::read_output() {
    std::array<char, longest_output> buffer{};
    const ssize_t size = ::read(output_.get(), buffer.data(), buffer.size());
    if (size > 0)
        text_.append(buffer.data(), std::min(static_cast<std::size_t>(size), longest_output - text_.size()));
    else if (size == 0 || (errno != EAGAIN && errno != EINTR))
        output_.reset();
}

bool HealthMonitor::reap(Nanoseconds now) {
    int status = 0;
    if (probe_ < 0 || ::waitpid(probe_, &status, WNOHANG) != probe_)
        return false;
    probe_ = -1;
    if (output_)
        read_output();
    output_.reset();
    if (timed_out_)
        text_ = "Health check exceeded timeout (" +
                std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(check_.timeout).count()) + " ms)";
    judge(!timed_out_ && WIFEXITED(status) ? WEXITSTATUS(status) : no_answer, now);
    next_ = now + pause_after(now); // the next one waits from the end of this one
    return true;
}

void HealthMonitor::judge(int exit_code, Nanoseconds now) {
    if (report_.probes.size() == most_probes)
        report_.probes.erase(report_.probes.begin());
    report_.probes.push_back({started_, utc_text(realtime_now()), exit_code, text_});
    if (exit_code == 0) {
        report_.status = "healthy";
        report_.failing_streak = 0;
        return;
    }
    if (report_.status == "starting" && now < begun_ + check_.start_period)
        return;
    if (++report_.failing_streak >= check_.retries)
        report_.status = "unhealthy";
}

} // namespace isolab::supervisor
