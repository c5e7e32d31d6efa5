// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is said to CRIU and what it answers, as values; field numbers are those of its rpc.proto
// (https://criu.org/RPC). Pure.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "engine/base/error.h"

namespace isolab {

/// Of requests, and of the answers to them.
enum class CriuMessageType { dump = 1, restore = 2, check = 3, pre_dump = 4, notify = 6, features = 9, version = 10 };

/// What becomes of control groups at a restore (criu(8), --manage-cgroups).
enum class CriuGroupMode { ignore = 0, none = 1, props = 2, soft = 3, full = 4, strict = 5 };

/// By its name in criu(8): "soft", "full", "strict", "ignore"; empty for any other.
std::optional<CriuGroupMode> criu_group_mode(std::string_view name);

/// Descriptors are numbers in the process that asks, except those of `inherited`, which are CRIU's own.
struct CriuOptions {
    int images_fd = -1;        ///< folder of the images
    int work_fd = -1;          ///< folder of logs; -1: that of the images
    std::optional<pid_t> pid;  ///< what is dumped, with all below it
    std::string root;          ///< where the root file system is mounted
    std::string parent_images; ///< those of an earlier pre-dump, relative to the images' folder
    std::string log_file;      ///< name in the work folder
    int log_level = 4;         ///< as -v4
    std::string freezer_group; ///< directory of a control group that holds all processes and no other
    CriuGroupMode groups = CriuGroupMode::soft;
    std::vector<std::pair<std::string, std::string>> group_roots; ///< controller ("" with cgroup2), path
    std::vector<std::string> external;                            ///< "mnt[KEY]:VALUE", "net[INODE]:NAME", …
    std::vector<std::pair<std::string, int>> inherited;           ///< what it was called in the dump, descriptor
    unsigned empty_namespaces = 0;                                ///< CLONE_NEW*
    bool leave_running = false;
    bool external_unix_sockets = false;
    bool tcp_established = false;
    bool shell_job = false; ///< the session's leader or terminal is outside
    bool file_locks = false;
    bool track_memory = false;
    bool orphan_terminals = false; ///< the master ends are outside
    bool as_sibling = false;       ///< the restored process becomes a child of the asking process
    bool notify = false;
};

/// What the kernel and CRIU together can do.
struct CriuFeatures {
    bool track_memory = false; ///< pre-dumps
    bool lazy_pages = false;
    bool pidfd_store = false;
};

struct CriuRequest {
    CriuMessageType type = CriuMessageType::version;
    std::optional<CriuOptions> options;
    std::optional<bool> notify_success;   ///< answers a notification
    std::optional<CriuFeatures> features; ///< those that are asked about
};

struct CriuVersion {
    int major = 0;
    int minor = 0;
    int sublevel = 0;

    auto operator<=>(const CriuVersion&) const = default;
    std::string text() const;
};

/// Something that happens during a dump or restore and waits for an answer: "post-restore", …
struct CriuNotification {
    std::string script;
    pid_t pid = 0; ///< of the restored process, with "setup-namespaces" and "post-restore"
};

struct CriuResponse {
    CriuMessageType type = CriuMessageType::version;
    bool success = false;
    pid_t restored_pid = 0;
    std::optional<CriuNotification> notification;
    int error_number = 0; ///< errno(3) of the failure; 0: unknown
    std::string error;
    std::optional<CriuFeatures> features;
    std::optional<CriuVersion> version;
};

std::string encode_request(const CriuRequest& request);

/// corrupt for what is no response.
Result<CriuResponse> decode_response(std::string_view message);

} // namespace isolab
