// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/machine/trouble_watch.h"

namespace isolab {
namespace {

using Kind = DomainTrouble::Kind;
constexpr auto longest_telling = std::chrono::seconds(2);

void pass_on(GuestMonitor& monitor, const DomainTrouble& trouble, const std::string& machine) {
    monitor.note_trouble(describe_trouble(trouble, machine), trouble.kind == Kind::paused);
}

} // namespace

Error describe_trouble(const DomainTrouble& trouble, const std::string& machine) {
    Error error{ErrorKind::system, "run the virtual machine", machine, {}, {}};
    switch (trouble.kind) {
    case Kind::disk_full:
        error.kind = ErrorKind::no_space;
        error.cause = "the disk of the host that holds " + trouble.file +
                      " is full; the guest got an I/O error for what it wrote";
        error.remedy = "Free space there, or use a data folder on a larger disk";
        break;
    case Kind::disk_error:
        error.cause = "the host could not read or write " + trouble.file + "; the guest got an I/O error";
        error.remedy = "See what the host's kernel says of that disk: dmesg";
        break;
    case Kind::paused:
        error.cause = "it was paused and cannot go on: " + trouble.reason;
        error.remedy = "Leave the machines of Isolab to it; if nobody touched this one, see the host's log: dmesg";
        break;
    case Kind::ended:
        error.cause = "it has ended";
        break;
    }
    return error;
}

TroubleWatch::TroubleWatch(std::shared_ptr<DomainEvents> events, std::string domain, std::string machine)
    : events_(std::move(events)), domain_(std::move(domain)), machine_(std::move(machine)) {
    events_->add(domain_, [this](const DomainTrouble& trouble) { hear(trouble); });
}

TroubleWatch::~TroubleWatch() { events_->remove(domain_); }

void TroubleWatch::attach(GuestMonitor& monitor) {
    const std::lock_guard lock(mutex_);
    monitor_ = &monitor;
    if (early_)
        pass_on(monitor, *early_, machine_);
}

void TroubleWatch::detach() {
    const std::lock_guard lock(mutex_);
    monitor_ = nullptr;
}

void TroubleWatch::wait_told() const {
    if (events_->hears_ends())
        ended_.wait({}, monotonic_now() + longest_telling);
}

void TroubleWatch::hear(const DomainTrouble& trouble) {
    if (trouble.kind == Kind::ended)
        return ended_.set();
    const std::lock_guard lock(mutex_);
    if (monitor_ != nullptr)
        pass_on(*monitor_, trouble, machine_);
    else if (!early_)
        early_ = trouble;
}

} // namespace isolab
