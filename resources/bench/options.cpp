// SPDX-License-Identifier: GPL-3.0-or-later
#include "resources/bench/options.h"

#include <cmath>
#include <cstdlib>

#include <unistd.h>

namespace isolab::bench {

const char* const usage = "usage: isolab-bench [KERNEL]... [--seconds S] [--directory DIR]\n"
                          "       isolab-bench burn KERNEL [--threads N|all] [--seconds S] [--directory DIR]\n"
                          "       isolab-bench hold [--port P] [--directory DIR]\n"
                          "kernels: compute float memory latency bandwidth file read write fsync syscall switch\n"
                          "         fork exec requests; burn: compute bandwidth write fork\n";

namespace {

constexpr const char* names_to_burn[] = {"compute", "bandwidth", "write", "fork"};
constexpr int most_threads = 4096;

/// A number above 0 and up to `most`, or 0.
double parse_number(const std::string& text, double most) {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    return end != text.c_str() && *end == '\0' && std::isfinite(value) && value > 0 && value <= most ? value : 0;
}

/// The same, whole.
int parse_whole(const std::string& text, int most) {
    const double value = parse_number(text, most);
    return value == std::floor(value) ? static_cast<int>(value) : 0;
}

void take_value(Request& request, const std::string& option, const std::string& value) {
    const bool burns = request.verb == Request::Verb::burn;
    const auto wrong = [&](const std::string& possible) {
        request.error = option + " must be " + possible + ", not '" + value + "'";
    };
    if (option == "--directory") {
        request.order.directory = value;
    } else if (option == "--seconds" && request.verb != Request::Verb::hold) {
        request.seconds_given = true;
        if ((request.order.seconds = parse_number(value, 3600)) == 0)
            wrong("above 0 and at most 3600");
    } else if (option == "--threads" && burns) {
        const long online = ::sysconf(_SC_NPROCESSORS_ONLN);
        request.threads = value == "all" ? static_cast<int>(online) : parse_whole(value, most_threads);
        if (request.threads < 1)
            wrong("'all' or 1 to " + std::to_string(most_threads));
    } else if (option == "--port" && request.verb == Request::Verb::hold) {
        if ((request.port = parse_whole(value, 65535)) == 0)
            wrong("1 to 65535");
    } else {
        request.error = "unknown option '" + option + "'";
    }
}

bool is_option(const std::string& name) {
    for (const char* known : {"--directory", "--seconds", "--threads", "--port"})
        if (name == known)
            return true;
    return false;
}

void take_kernel(Request& request, const std::string& name) {
    const Kernel* kernel = find_kernel(name);
    if (kernel == nullptr || request.verb == Request::Verb::hold) {
        std::string known;
        for (const Kernel& one : all_kernels())
            known += (known.empty() ? "" : ", ") + std::string(one.name);
        request.error = "no kernel '" + name + "'; there are " + known;
        return;
    }
    request.kernels.push_back(kernel);
}

void check_burn(Request& request) {
    if (request.kernels.size() != 1)
        request.error = "burn needs one kernel";
    else {
        for (const char* name : names_to_burn)
            if (request.kernels[0]->name == std::string(name))
                return;
        request.error = std::string("'") + request.kernels[0]->name +
                        "' cannot be burned; possible are compute, bandwidth, write and fork";
    }
}

} // namespace

const std::vector<Kernel>& all_kernels() {
    static const std::vector<Kernel> kernels = {
        {"compute", "steps", run_compute},      {"float", "multiply-adds", run_float},
        {"latency", "loads", run_memory},       {"bandwidth", "bytes", run_bandwidth},
        {"file", "blocks", run_file},           {"read", "bytes", run_read},
        {"write", "bytes", run_write},          {"fsync", "calls", run_fsync},
        {"syscall", "calls", run_syscall},      {"switch", "switches", run_switch},
        {"fork", "processes", run_fork},        {"exec", "processes", run_exec},
        {"requests", "requests", run_requests}, {"memory", "loads", run_memory},
    };
    return kernels;
}

const Kernel* find_kernel(const std::string& name) {
    for (const Kernel& kernel : all_kernels())
        if (kernel.name == name)
            return &kernel;
    return nullptr;
}

Request parse_arguments(const std::vector<std::string>& arguments) {
    Request request;
    std::size_t i = 0;
    if (!arguments.empty() && (arguments[0] == "burn" || arguments[0] == "hold")) {
        request.verb = arguments[0] == "burn" ? Request::Verb::burn : Request::Verb::hold;
        i = 1;
    }
    for (; i < arguments.size() && request.error.empty(); ++i) {
        const std::string& word = arguments[i];
        if (word == exit_option || word == "--help") {
            request.verb = word == "--help" ? Request::Verb::help : Request::Verb::exit;
            return request;
        }
        if (!word.starts_with('-'))
            take_kernel(request, word);
        else if (!is_option(word))
            request.error = "unknown option '" + word + "'";
        else if (i + 1 == arguments.size())
            request.error = word + " needs a value";
        else
            take_value(request, word, arguments[++i]);
    }
    if (request.error.empty() && request.verb == Request::Verb::burn)
        check_burn(request);
    if (request.kernels.empty() && request.verb == Request::Verb::measure)
        for (const Kernel& kernel : all_kernels())
            if (kernel.name != std::string("memory"))
                request.kernels.push_back(&kernel);
    return request;
}

} // namespace isolab::bench
