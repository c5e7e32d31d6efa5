// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

#include <QObject>

#include "engine/base/stop.h"

namespace isolab {

/// One worker thread that runs blocking calls one after another and delivers what they return on the thread of
/// this object (the GUI thread). A job that was dropped is asked to stop and its result is thrown away.
class JobQueue : public QObject {
    Q_OBJECT
  public:
    using Id = std::uint64_t;

    explicit JobQueue(QObject* parent = nullptr);
    /// Stops all jobs and waits for the running one: call it when idle() to keep the GUI thread from waiting.
    ~JobQueue() override;

    /// Queues `work(StopToken) -> T` and later calls `deliver(T)` on this object's thread. T is copyable.
    template <class Work, class Deliver> Id start(Work work, Deliver deliver) {
        return enqueue([work = std::move(work), deliver = std::move(deliver)](const StopToken& stop) {
            auto value = work(stop);
            return Delivery([deliver, value = std::move(value)]() mutable { deliver(std::move(value)); });
        });
    }

    /// Asks a job to stop; its result (usually of kind cancelled or incomplete) is still delivered.
    void stop(Id job);
    /// Asks a job to stop and never delivers its result.
    void drop(Id job);
    /// drop() for every job.
    void drop_all();

    bool idle() const; ///< nothing is running, queued or waiting for delivery

  Q_SIGNALS:
    void became_idle();

  private:
    using Delivery = std::function<void()>;
    using Work = std::function<Delivery(const StopToken&)>;
    struct Shared;

    Id enqueue(Work work);
    void finish(Id job, const Delivery& deliver);

    std::shared_ptr<Shared> shared_;
    std::thread thread_;
};

} // namespace isolab
