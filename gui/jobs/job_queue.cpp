// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/jobs/job_queue.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>

namespace isolab {
struct JobQueue::Shared {
    struct Job {
        Id id = 0;
        std::function<std::function<void()>(const StopToken&)> work;
        StopToken stop;
    };
    struct Ticket {
        StopSource stop;
        bool dropped = false;
    };

    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Job> queue;
    std::map<Id, Ticket> tickets; ///< from start() until delivered or thrown away
    Id last = 0;
    bool quit = false;

    std::optional<Job> next() {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return quit || !queue.empty(); });
        if (quit)
            return std::nullopt;
        Job job = std::move(queue.front());
        queue.pop_front();
        return job;
    }
};

JobQueue::JobQueue(QObject* parent) : QObject(parent), shared_(std::make_shared<Shared>()) {
    thread_ = std::thread([this] {
        while (auto job = shared_->next()) {
            const Delivery delivery = job->work(job->stop);
            QMetaObject::invokeMethod(
                this, [this, id = job->id, delivery] { finish(id, delivery); }, Qt::QueuedConnection);
        }
    });
}

JobQueue::~JobQueue() {
    drop_all();
    {
        const std::lock_guard lock(shared_->mutex);
        shared_->quit = true;
    }
    shared_->changed.notify_all();
    thread_.join();
}

JobQueue::Id JobQueue::enqueue(Work work) {
    const std::lock_guard lock(shared_->mutex);
    const Id id = ++shared_->last;
    const StopToken stop = shared_->tickets[id].stop.token();
    shared_->queue.push_back({id, std::move(work), stop});
    shared_->changed.notify_all();
    return id;
}

void JobQueue::stop(Id job) {
    const std::lock_guard lock(shared_->mutex);
    if (const auto ticket = shared_->tickets.find(job); ticket != shared_->tickets.end())
        ticket->second.stop.request_stop();
}

void JobQueue::drop(Id job) {
    const std::lock_guard lock(shared_->mutex);
    const auto ticket = shared_->tickets.find(job);
    if (ticket == shared_->tickets.end())
        return;
    ticket->second.dropped = true;
    ticket->second.stop.request_stop();
}

void JobQueue::drop_all() {
    const std::lock_guard lock(shared_->mutex);
    for (auto& [id, ticket] : shared_->tickets) {
        ticket.dropped = true;
        ticket.stop.request_stop();
    }
}

bool JobQueue::idle() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->tickets.empty();
}

void JobQueue::finish(Id job, const Delivery& deliver) {
    bool dropped = false;
    {
        const std::lock_guard lock(shared_->mutex);
        const auto ticket = shared_->tickets.find(job);
        dropped = ticket->second.dropped;
        shared_->tickets.erase(ticket);
    }
    if (!dropped)
        deliver();
    if (idle())
        Q_EMIT became_idle();
}

} // namespace isolab
