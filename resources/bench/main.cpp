// SPDX-License-Identifier: GPL-3.0-or-later
//
// isolab-bench: how much work gets done per second in the world it runs in; a neighbour that takes it away; a service
// that holds memory and disk. One static program without dependencies, so that the same bytes run in a container and
// in a virtual machine.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "resources/bench/options.h"

namespace {

using isolab::bench::Histogram;
using isolab::bench::Kernel;
using isolab::bench::Request;
using isolab::bench::Work;

/// A string of JSON. Bytes outside of ASCII, which only paths can have, become '?'.
std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c < ' ' || c > '~' ? '?' : c;
    }
    return out + '"';
}

void print_latency(const Histogram& latency) {
    if (latency.empty())
        return;
    const auto at = [&](double share) { return static_cast<unsigned long long>(latency.quantile(share)); };
    std::printf(",\"latency_ns\":{\"p50\":%llu,\"p95\":%llu,\"p99\":%llu,\"max\":%llu}", at(0.5), at(0.95), at(0.99),
                static_cast<unsigned long long>(latency.max()));
}

void print(const Kernel& kernel, const Work& work) {
    if (!work.error.empty()) {
        std::printf("{\"kernel\":\"%s\",\"error\":%s}", kernel.name, quoted(work.error).c_str());
        return;
    }
    std::printf("{\"kernel\":\"%s\",\"operations\":%llu,\"seconds\":%.6f,\"ops_per_second\":%.3f,\"unit\":\"%s\","
                "\"checksum\":\"%016llx\"",
                kernel.name, static_cast<unsigned long long>(work.operations), work.seconds,
                static_cast<double>(work.operations) / work.seconds, kernel.unit,
                static_cast<unsigned long long>(work.checksum));
    print_latency(work.latency);
    std::printf("}");
}

/// Runs every kernel, also when one cannot; 1 when none could.
int measure(const Request& request) {
    std::vector<Work> results;
    for (const Kernel* kernel : request.kernels) {
        results.push_back(kernel->run(request.order));
        if (!results.back().error.empty())
            std::fprintf(stderr, "isolab-bench: %s: %s\n", kernel->name, results.back().error.c_str());
    }
    std::printf("{\"schema\":\"isolab.bench/1\",\"results\":[");
    for (std::size_t i = 0; i < results.size(); ++i) {
        std::printf("%s", i == 0 ? "" : ",");
        print(*request.kernels[i], results[i]);
    }
    std::printf("]}\n");
    const bool any = std::any_of(results.begin(), results.end(), [](const Work& work) { return work.error.empty(); });
    return std::fflush(stdout) == 0 && any ? 0 : 1;
}

} // namespace

int main(int count, char** arguments) {
    const Request request = isolab::bench::parse_arguments({arguments + std::min(count, 1), arguments + count});
    if (!request.error.empty()) {
        std::fprintf(stderr, "isolab-bench: %s\n", request.error.c_str());
        return 2;
    }
    switch (request.verb) {
    case Request::Verb::help:
        std::fputs(isolab::bench::usage, stdout);
        return 0;
    case Request::Verb::exit:
        return isolab::bench::exit_code;
    case Request::Verb::burn:
        return isolab::bench::burn(request);
    case Request::Verb::hold:
        return isolab::bench::hold(request);
    case Request::Verb::measure:
        break;
    }
    return measure(request);
}
