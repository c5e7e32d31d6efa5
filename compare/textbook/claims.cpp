// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/textbook/claims.h"

#include <algorithm>

namespace isolab {
namespace {

constexpr double second = 1e9;
constexpr double minute = 60 * second;
constexpr double megabyte = 1e6;
constexpr double gigabyte = 1e9;

Claim claim(const char* id, const char* metric, const char* machine_sentence, const char* container_sentence) {
    const std::string name(id);
    return {
        name, Fact::said("claim." + name), Fact::said("book." + name), metric, machine_sentence, container_sentence, {},
        {}};
}

/// "A few" of a unit is read as one to ten of it, "tens" and "hundreds" up to the next step.
std::vector<Claim> make_claims() {
    Claim start = claim("start", "ready", "（从开机到运行项目）几分钟", "（从开启容器到运行项目）几秒");
    start.machine = {minute, 10 * minute};
    start.container = {second, 10 * second};
    Claim disk = claim("disk", "disk.unique", "几个 GB 到几十个 GB 左右", "几十 MB 到几百 MB 左右");
    disk.machine = {gigabyte, 100 * gigabyte};
    disk.container = {10 * megabyte, 1000 * megabyte};
    return {
        std::move(start),
        claim("memory", "memory", "虚拟操作系统非常占用 CPU 和内存", "Docker 引擎占用极低"),
        claim("cpu", "cpu_to_ready", "虚拟操作系统非常占用 CPU 和内存", "Docker 引擎占用极低"),
        std::move(disk),
        claim("deployment", "", "每次部署都费时费力", "从第二次部署开始轻松便捷，第一次慢些"),
        claim("kernel", "", "无", "需求相同或类似的内核，目前推荐是 Linux"),
    };
}

std::vector<Claim> make_experiment_claims() {
    Claim density = claim("density", "", "", "一台主机可以同时运行几千个 Docker 容器");
    density.container = {1000, 10000};
    Claim rate =
        claim("rate", "", "openstack 能够以 10 台 /min 的速度创建虚拟机", "Docker 可以做到在几秒钟之内创建大量容器");
    rate.machine = {10, 10};
    return {
        std::move(density),
        std::move(rate),
        claim("performance", "", "运行在虚拟机上的应用程序在进行数值计算时是运行在 Hypervisor 虚拟的 CPU 上的",
              "Docker 直接利用宿主机的系统内核"),
        claim("interference", "", "多个应用服务安装到一起，容易互相影响，争夺资源", "每个应用服务一个容器，达成隔离"),
        claim("isolation", "", "由于 vm 对操作系统也进行了虚拟化，隔离的更加彻底",
              "Docker 共享宿主机的操作系统，隔离性较差"),
        claim("ingredients", "", "", ""),
    };
}

} // namespace

const Claim* find_claim(std::string_view id) {
    for (const auto* claims : {&textbook_claims(), &experiment_claims()})
        if (const auto found = std::ranges::find(*claims, id, &Claim::id); found != claims->end())
            return &*found;
    return nullptr;
}

Result<void> check_claim(const std::string& id, const std::string& subject) {
    if (id.empty() || find_claim(id) != nullptr)
        return {};
    std::string known;
    for (const auto* claims : {&textbook_claims(), &experiment_claims()})
        for (const Claim& claim : *claims)
            if (known.find(claim.id) == std::string::npos)
                known += (known.empty() ? "" : ", ") + claim.id;
    return fail(ErrorKind::corrupt, "read experiment", subject, "$.claim is \"" + id + "\"",
                "The book's claims: " + known + "; leave it out where none is answered");
}

const std::vector<Claim>& experiment_claims() {
    static const std::vector<Claim> claims = make_experiment_claims();
    return claims;
}

const std::vector<Claim>& textbook_claims() {
    static const std::vector<Claim> claims = make_claims();
    return claims;
}

} // namespace isolab
