// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "engine/base/file_tree.h"
#include "engine/base/unique_fd.h"
#include "engine/network/network.h"

namespace isolab::test {

/// A small world for network tests. The calling thread becomes "the host" in network and mount namespaces of its own;
/// an uplink leads to a second namespace, "outside", which knows no way back to containers:
///
///     host up0 198.51.100.1/24 ---- 198.51.100.2/24 eth0 outside
///
/// The namespaces vanish with the process, the folder with this object.
class NetworkStage {
  public:
    /// Throws std::runtime_error with the reason when this machine does not allow it.
    NetworkStage();
    NetworkStage(const NetworkStage&) = delete;
    NetworkStage& operator=(const NetworkStage&) = delete;
    ~NetworkStage();

    std::filesystem::path state() const { return folder_.path() / "network"; }
    const std::filesystem::path& folder() const noexcept { return folder_.path(); }
    int outside() const noexcept { return outside_.get(); }

    static constexpr const char* host_address = "198.51.100.1";
    static constexpr const char* outside_address = "198.51.100.2";

  private:
    TemporaryTree folder_;
    UniqueFd outside_;
};

/// Runs a program in the calling thread's namespaces; throws when it fails. Gives back what it printed.
std::string sh(const std::string& script);

/// The descriptor of a container's namespace.
UniqueFd open_netns(const std::filesystem::path& path);

/// In network namespace `netns` (-1: the caller's own): a server that answers each client with "NAME PEER-ADDRESS", as
/// long as the object lives; TCP and UDP on the same port.
class EchoServer {
  public:
    EchoServer(int netns, std::string name, std::uint16_t port);
    EchoServer(const EchoServer&) = delete;
    EchoServer& operator=(const EchoServer&) = delete;
    ~EchoServer();

  private:
    struct Sockets;
    std::unique_ptr<Sockets> sockets_;
};

/// What the server at an address answers to a client in `netns`; "" when it refuses, or when nothing comes for as long
/// as tests wait for what must happen.
std::string ask(int netns, const std::string& address, std::uint16_t port, Transport transport = Transport::tcp);

/// The same where no answer is expected: waits for it only for a moment.
std::string ask_briefly(int netns, const std::string& address, std::uint16_t port,
                        Transport transport = Transport::tcp);

/// The same with one datagram, which is never sent again: when it is lost, there is no answer.
std::string ask_once(int netns, const std::string& address, std::uint16_t port);

} // namespace isolab::test
