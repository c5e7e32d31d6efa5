// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/jobs/session_host.h"

namespace isolab {

SessionHost::SessionHost(SessionAccess& session, QObject* parent) : QObject(parent), session_(session) {
    connect(&runs_, &JobQueue::became_idle, this, &SessionHost::check_closed);
    connect(&records_, &JobQueue::became_idle, this, &SessionHost::check_closed);
}

void SessionHost::open(const std::string& wanted) {
    wanted_ = wanted;
    open_again();
}

void SessionHost::open_again() {
    enter(State::opening);
    runs_.start(
        [this, wanted = wanted_](const StopToken& stop) {
            NoProgress silent;
            return session_.open(wanted, silent, stop);
        },
        [this](Result<Catalogue> catalogue) { on_opened(std::move(catalogue)); });
}

void SessionHost::on_opened(Result<Catalogue> catalogue) {
    if (closing_)
        return;
    if (!catalogue) {
        error_ = std::move(catalogue).error();
        status_error_ = error_;
        enter(State::unusable);
        Q_EMIT status_changed();
        return;
    }
    error_.reset();
    catalogue_ = std::move(*catalogue);
    Q_EMIT workloads_changed();
    enter(State::open);
    ask_status();
    ask_worlds();
}

void SessionHost::ask_status() {
    status_error_.reset();
    runs_.start([this](const StopToken& stop) { return session_.status(stop); },
                [this](Result<SessionStatus> status) {
                    if (status)
                        status_ = std::move(*status);
                    else
                        status_error_ = std::move(status).error();
                    Q_EMIT status_changed();
                });
}

void SessionHost::ask_worlds() {
    runs_.start([this](const StopToken& stop) { return session_.worlds(stop); },
                [this](std::vector<WorldStatus> worlds) {
                    worlds_ = std::move(worlds);
                    Q_EMIT worlds_changed();
                });
}

void SessionHost::stop_measuring() {
    if (measured_)
        runs_.stop(*measured_);
}

void SessionHost::check() {
    records_.start([this](const StopToken&) { return session_.check(); },
                   [this](std::vector<Prerequisite> all) {
                       prerequisites_ = std::move(all);
                       Q_EMIT prerequisites_changed();
                   });
}

void SessionHost::close() {
    if (closing_)
        return;
    closing_ = true;
    records_.drop_all();
    if (measuring())
        stop_measuring(); // what it has is still delivered, and saved
    else
        runs_.drop_all();
    Q_EMIT closing_began();
    runs_.start(
        [this](const StopToken&) {
            session_.close();
            return true;
        },
        [this](bool) { session_closed_ = true; });
}

void SessionHost::check_closed() {
    if (closing_ && session_closed_ && runs_.idle() && records_.idle())
        Q_EMIT closed();
}

void SessionHost::enter(State state) {
    state_ = state;
    Q_EMIT state_changed();
}

} // namespace isolab
