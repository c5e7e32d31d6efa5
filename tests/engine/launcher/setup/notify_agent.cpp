// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/engine/launcher/setup/notify_agent.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "engine/base/json.h"
#include "engine/base/unix_socket.h"

namespace isolab::test {

NotifyAgent::NotifyAgent(const std::filesystem::path& path, Answer answer)
    : listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)), stop_(::eventfd(0, EFD_CLOEXEC)),
      answer_(std::move(answer)) {
    std::filesystem::remove(path);
    (void)bind_socket(listener_, path);
    (void)::listen(listener_.get(), 8);
    thread_ = std::thread([this] { serve(); });
}

NotifyAgent::~NotifyAgent() {
    ::eventfd_write(stop_.get(), 1);
    thread_.join();
}

std::vector<Json> NotifyAgent::messages() const {
    const std::scoped_lock lock(mutex_);
    return messages_;
}

int NotifyAgent::count_of(int number) const {
    const std::scoped_lock lock(mutex_);
    const auto found = counts_.find(number);
    return found == counts_.end() ? 0 : found->second;
}

void NotifyAgent::serve() {
    for (;;) {
        std::vector<pollfd> watched{{stop_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
        for (const UniqueFd& one : notifications_)
            watched.push_back({one.get(), POLLIN, 0});
        if (::poll(watched.data(), watched.size(), -1) < 0)
            continue;
        if (watched[0].revents != 0)
            return;
        for (std::size_t i = notifications_.size(); i-- > 0;) {
            const short events = watched[i + 2].revents;
            if ((events & POLLIN) != 0)
                answer_one(notifications_[i]);
            else if (events != 0) // the last process with this filter has ended
                notifications_.erase(notifications_.begin() + static_cast<std::ptrdiff_t>(i));
        }
        if (watched[1].revents != 0)
            take_connection();
    }
}

void NotifyAgent::take_connection() {
    const UniqueFd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    auto message = receive_descriptors(connection.get());
    if (!message || message->descriptors.size() != 1)
        return;
    auto document = parse_json(message->text, "message");
    const std::scoped_lock lock(mutex_);
    messages_.push_back(document ? *document : Json(message->text));
    notifications_.push_back(std::move(message->descriptors.front()));
}

void NotifyAgent::answer_one(const UniqueFd& notifications) {
    seccomp_notif asked{};
    if (::ioctl(notifications.get(), SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0)
        return;
    {
        const std::scoped_lock lock(mutex_);
        ++counts_[asked.data.nr];
    }
    seccomp_notif_resp response{asked.id, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    if (answer_)
        answer_(asked, response);
    (void)::ioctl(notifications.get(), SECCOMP_IOCTL_NOTIF_SEND, &response);
}

} // namespace isolab::test
