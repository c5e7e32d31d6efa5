// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/digest/digest.h"

namespace isolab {

/// A blob by content (OCI image spec 1.1, descriptor.md).
struct Descriptor {
    std::string media_type;
    Digest digest;
    std::uint64_t size = 0; ///< bytes
};

/// "Healthcheck" of Docker's image configurations. Durations of 0 and no retries are left to the engine.
struct ImageHealthCheck {
    std::vector<std::string> test; ///< {"NONE"}, {"CMD", …} or {"CMD-SHELL", COMMAND}
    std::chrono::nanoseconds interval{0};
    std::chrono::nanoseconds timeout{0};
    std::chrono::nanoseconds start_period{0};
    std::chrono::nanoseconds start_interval{0};
    unsigned retries = 0;
};

/// The part of an image's configuration that matters for running it (OCI image spec 1.1, config.md).
struct ImageConfig {
    std::string architecture; ///< GOARCH, e.g. "amd64"
    std::string os;           ///< "linux"
    std::vector<std::string> env;
    std::vector<std::string> entrypoint;
    std::vector<std::string> command;
    std::string working_directory;          ///< empty: "/"
    std::string user;                       ///< "user[:group]", names or ids; empty: root
    std::string stop_signal;                ///< empty: SIGTERM
    std::vector<std::string> volumes;       ///< absolute paths whose files outlive a container
    std::vector<std::string> exposed_ports; ///< "80/tcp", "53/udp", "8000-8009"
    std::map<std::string, std::string> labels;
    std::vector<std::string> shell; ///< empty: {"/bin/sh", "-c"}
    std::optional<ImageHealthCheck> health_check;
    std::vector<Digest> diff_ids; ///< digests of the uncompressed layers, lowest first
};

/// An image in the store. A value.
struct Image {
    std::string name; ///< "redis:latest"; may be empty for an image known by digest only
    Digest digest;    ///< of the manifest: the image's identity
    ImageConfig config;
    std::vector<Descriptor> layers; ///< lowest first, as many as config.diff_ids
    std::uint64_t size = 0;         ///< bytes of all layer blobs
};

} // namespace isolab
