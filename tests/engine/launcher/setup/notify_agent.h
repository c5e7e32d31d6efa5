// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <linux/seccomp.h>

#include "engine/base/json.h"
#include "engine/base/unique_fd.h"

namespace isolab::test {

/// A seccomp agent (seccomp_unotify(2)): receives notification descriptors at a socket and answers system calls on a
/// thread of its own, until it is destroyed.
class NotifyAgent {
  public:
    using Answer = std::function<void(const seccomp_notif&, seccomp_notif_resp&)>;

    /// What an answer leaves as it is lets the system call go on.
    NotifyAgent(const std::filesystem::path& path, Answer answer);
    ~NotifyAgent();
    NotifyAgent(const NotifyAgent&) = delete;
    NotifyAgent& operator=(const NotifyAgent&) = delete;

    /// The container process states that came, each with one descriptor.
    std::vector<Json> messages() const;

    /// How often a system call was asked about.
    int count_of(int number) const;

  private:
    void serve();
    void take_connection();
    void answer_one(const UniqueFd& notifications);

    UniqueFd listener_;
    UniqueFd stop_;
    Answer answer_;
    std::vector<UniqueFd> notifications_;
    mutable std::mutex mutex_;
    std::vector<Json> messages_;
    std::map<int, int> counts_;
    std::thread thread_;
};

} // namespace isolab::test
