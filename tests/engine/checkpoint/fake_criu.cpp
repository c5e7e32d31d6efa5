// SPDX-License-Identifier: GPL-3.0-or-later
//
// `fake_criu swrk FD`: answers one request as CRIU would. FAKE_CRIU_RECORD names a file to which each message that it
// gets is added, one field a line ("2.37=mnt[/a]:/a"); FAKE_CRIU_FAULT says what goes wrong ("" or one of those below).
#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/checkpoint/wire.h"

using isolab::WireField;
using isolab::WireWriter;

namespace {

enum Type : unsigned { dump = 1, restore = 2, check = 3, pre_dump = 4, notify = 6, features = 9, version = 10 };

int channel = -1;
constexpr pid_t of_no_process = 0;

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}
bool fault_is(const char* name) { return variable("FAKE_CRIU_FAULT") == name; }

std::vector<WireField> fields_of(std::string_view message) {
    auto fields = isolab::read_fields(message);
    return fields ? *fields : std::vector<WireField>{};
}

/// The options, and of them the cgroup roots and inherited descriptors, are messages themselves.
void record(std::ofstream& out, const std::string& prefix, std::string_view message, int depth) {
    for (const WireField& field : fields_of(message)) {
        const std::string name = prefix + std::to_string(field.field);
        if ((depth == 0 && field.field == 2) || (depth == 1 && (field.field == 25 || field.field == 27)))
            record(out, name + ".", field.bytes, depth + 1);
        else if (field.bytes.data() != nullptr)
            out << name << "=" << field.bytes << "\n";
        else
            out << name << "=" << field.integer() << "\n";
    }
}

std::string receive() {
    std::string text(65536, '\0');
    const ssize_t size = ::recv(channel, text.data(), text.size(), 0);
    if (size <= 0)
        std::exit(1);
    text.resize(static_cast<std::size_t>(size));
    std::ofstream out(variable("FAKE_CRIU_RECORD"), std::ios::app);
    record(out, "", text, 0);
    return text;
}

void send(const WireWriter& message, int descriptor = -1) {
    union {
        cmsghdr header;
        std::array<char, CMSG_SPACE(sizeof(int))> bytes;
    } control{};
    iovec data{const_cast<char*>(message.text().data()), message.text().size()};
    msghdr header{};
    header.msg_iov = &data;
    header.msg_iovlen = 1;
    if (descriptor >= 0) {
        header.msg_control = control.bytes.data();
        header.msg_controllen = control.bytes.size();
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
    }
    ::sendmsg(channel, &header, MSG_NOSIGNAL);
}

WireWriter response(Type type, bool success) { return WireWriter().number(1, type).flag(2, success); }

/// False when the other side refuses.
bool tell(const std::string& script, pid_t pid, int descriptor = -1) {
    WireWriter notification;
    notification.bytes(1, script);
    if (pid != of_no_process)
        notification.integer(2, pid);
    send(response(notify, true).bytes(5, notification.text()), descriptor);
    bool agreed = false;
    const std::string answer = receive();
    for (const WireField& field : fields_of(answer))
        agreed = field.field == 3 ? field.flag() : agreed;
    return agreed;
}

struct Request {
    unsigned type = 0;
    pid_t pid = 0;
    bool leave_running = false;
    bool terminals = false;
    int work = -1;
    std::string log;
};

Request request_of(std::string_view text) {
    Request request;
    for (const WireField& field : fields_of(text)) {
        if (field.field == 1)
            request.type = static_cast<unsigned>(field.number);
        if (field.field != 2)
            continue;
        for (const WireField& option : fields_of(field.bytes)) {
            request.pid = option.field == 2 ? option.integer() : request.pid;
            request.leave_running = option.field == 3 ? option.flag() : request.leave_running;
            request.log = option.field == 10 ? option.text() : request.log;
            request.terminals = option.field == 50 ? option.flag() : request.terminals;
            if ((option.field == 1 && request.work < 0) || option.field == 17)
                request.work = option.integer();
        }
    }
    return request;
}

/// Into the log that was asked for: folders are descriptors of the asking process.
void write_log(const Request& request, const std::string& text) {
    std::ofstream("/proc/" + std::to_string(::getppid()) + "/fd/" + std::to_string(request.work) + "/" + request.log)
        << text;
}

void fail_with(const Request& request, int error_number, const std::string& message, const std::string& log) {
    write_log(request, log);
    send(response(static_cast<Type>(request.type), false).integer(7, error_number).bytes(9, message));
}

void serve_dump(const Request& request) {
    if (fault_is("silent"))
        return;
    if (fault_is("dump"))
        return fail_with(request, 16, "busy",
                         "(00.000001) Version: 4.2\n(00.000002) Error (criu/files.c:1): first\n"
                         "(00.000003) fine\n(00.000004) Error (criu/cr-dump.c:2): Dumping FAILED.\n");
    const bool agreed = tell("pre-dump", of_no_process) && tell("post-dump", of_no_process);
    if (agreed && request.type == dump && !request.leave_running)
        ::kill(request.pid, SIGKILL);
    send(response(static_cast<Type>(request.type), agreed));
}

pid_t make_sibling() {
    const long pid = ::syscall(SYS_clone, CLONE_PARENT | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
    if (pid == 0) {
        ::execlp("sleep", "sleep", "100", nullptr);
        ::_exit(127);
    }
    return static_cast<pid_t>(pid);
}

void serve_restore(const Request& request) {
    if (fault_is("restore"))
        return fail_with(request, 2, "", "(00.1) Error (criu/cr-restore.c:2): Restoring FAILED.\n");
    const pid_t pid = make_sibling();
    bool agreed = tell("pre-restore", of_no_process) && tell("setup-namespaces", pid);
    if (agreed && request.terminals)
        agreed = tell("orphan-pts-master", of_no_process, ::posix_openpt(2));
    agreed = agreed && tell("post-restore", pid);
    if (!agreed)
        ::kill(pid, SIGKILL);
    send(response(restore, agreed).bytes(4, WireWriter().integer(1, pid).text()));
}

void serve(const Request& request) {
    if (request.type == version)
        return send(
            response(version, true).bytes(10, WireWriter().integer(1, fault_is("old") ? 3 : 4).integer(2, 2).text()));
    if (request.type == features)
        return send(response(features, true).bytes(8, WireWriter().flag(1, !fault_is("tracking")).text()));
    if (request.type == check && fault_is("vdso"))
        return fail_with(request, 0, "", "(00.1) Error (criu/vdso.c:381): vdso: Unexpected rt vDSO area bounds\n");
    if (request.type == check)
        return send(response(check, true));
    return request.type == restore ? serve_restore(request) : serve_dump(request);
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 3 || std::string(argv[1]) != "swrk")
        return 2;
    channel = std::atoi(argv[2]);
    const std::string text = receive();
    serve(request_of(text));
    return 0;
}
