// SPDX-License-Identifier: GPL-3.0-or-later
//
// isolab-bench: how much work gets done per second in the world it runs in. One static program without
// dependencies, so that the same bytes run in a container and in a virtual machine.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "resources/bench/kernel.h"

namespace {

using isolab::bench::Kernel;
using isolab::bench::Order;
using isolab::bench::Work;

constexpr Kernel kernels[] = {
    {"compute", "steps", isolab::bench::run_compute}, {"memory", "loads", isolab::bench::run_memory},
    {"file", "blocks", isolab::bench::run_file},      {"syscall", "calls", isolab::bench::run_syscall},
    {"fork", "processes", isolab::bench::run_fork},
};

constexpr const char* usage = "usage: isolab-bench [compute|memory|file|syscall|fork]... [--seconds S] "
                              "[--directory DIR]\n";

struct Request {
    Order order;
    std::vector<const Kernel*> kernels;
    std::string error;
    bool help = false;
};

const Kernel* find_kernel(const char* name) {
    for (const Kernel& kernel : kernels) {
        if (std::strcmp(kernel.name, name) == 0)
            return &kernel;
    }
    return nullptr;
}

/// Seconds of an argument, or 0 when it is not a number above 0 and up to an hour.
double parse_seconds(const char* text) {
    char* end = nullptr;
    const double value = std::strtod(text, &end);
    return end != text && *end == '\0' && std::isfinite(value) && value > 0 && value <= 3600 ? value : 0;
}

/// Takes the option at `index` and its value; the number of arguments used, 0 for an error left in `request`.
int take_option(Request& request, int index, int count, char** arguments) {
    const char* option = arguments[index];
    if (std::strcmp(option, "--help") == 0) {
        request.help = true;
        return 1;
    }
    const bool seconds = std::strcmp(option, "--seconds") == 0;
    if (!seconds && std::strcmp(option, "--directory") != 0) {
        request.error = std::string("unknown option '") + option + "'";
    } else if (index + 1 == count) {
        request.error = std::string(option) + " needs a value";
    } else if (!seconds) {
        request.order.directory = arguments[index + 1];
    } else if ((request.order.seconds = parse_seconds(arguments[index + 1])) == 0) {
        request.error = std::string("--seconds must be above 0 and at most 3600, not '") + arguments[index + 1] + "'";
    }
    return request.error.empty() ? 2 : 0;
}

Request parse(int count, char** arguments) {
    Request request;
    for (int i = 1; i < count && request.error.empty();) {
        if (arguments[i][0] == '-') {
            i += take_option(request, i, count, arguments);
        } else if (const Kernel* kernel = find_kernel(arguments[i])) {
            request.kernels.push_back(kernel);
            ++i;
        } else {
            request.error =
                std::string("no kernel '") + arguments[i] + "'; there are compute, memory, file, syscall and fork";
        }
    }
    if (request.kernels.empty()) {
        for (const Kernel& kernel : kernels)
            request.kernels.push_back(&kernel);
    }
    return request;
}

void print(const Kernel& kernel, const Work& work, bool first) {
    std::printf("%s{\"kernel\":\"%s\",\"operations\":%llu,\"seconds\":%.6f,\"ops_per_second\":%.3f,\"unit\":\"%s\","
                "\"checksum\":\"%016llx\"}",
                first ? "" : ",", kernel.name, static_cast<unsigned long long>(work.operations), work.seconds,
                static_cast<double>(work.operations) / work.seconds, kernel.unit,
                static_cast<unsigned long long>(work.checksum));
}

} // namespace

int main(int count, char** arguments) {
    const Request request = parse(count, arguments);
    if (request.help) {
        std::fputs(usage, stdout);
        return 0;
    }
    if (!request.error.empty()) {
        std::fprintf(stderr, "isolab-bench: %s\n", request.error.c_str());
        return 2;
    }
    std::vector<Work> results;
    for (const Kernel* kernel : request.kernels) {
        results.push_back(kernel->run(request.order));
        if (!results.back().error.empty()) {
            std::fprintf(stderr, "isolab-bench: %s: %s\n", kernel->name, results.back().error.c_str());
            return 1;
        }
    }
    std::printf("{\"schema\":\"isolab.bench/1\",\"results\":[");
    for (std::size_t i = 0; i < results.size(); ++i)
        print(*request.kernels[i], results[i], i == 0);
    std::printf("]}\n");
    return std::fflush(stdout) == 0 ? 0 : 1;
}
