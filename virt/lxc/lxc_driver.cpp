// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/lxc/lxc.h"

#include <unistd.h>

#include "engine/base/sealed_copy.h"
#include "virt/lxc/lxc_container.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

Result<fs::path> find_lxc_init(const fs::path& given) {
    std::error_code error;
    const fs::path path =
        given.empty() ? fs::read_symlink("/proc/self/exe", error).parent_path() / "isolab-lxc-init" : given;
    if (::access(path.c_str(), R_OK) == 0)
        return path;
    return fail(ErrorKind::unavailable, "find the first process of LXC containers", path.string(), "it cannot be read",
                "Install Isolab completely");
}

class LocalLxcDriver final : public LxcDriver {
  public:
    LocalLxcDriver(std::unique_ptr<LxcServer> server, UniqueFd program, std::chrono::nanoseconds start_deadline)
        : server_(std::move(server)), program_(std::move(program)), start_deadline_(start_deadline) {
        unsigned long number = 0;
        if (virConnectGetLibVersion(server_->connection(), &number) == 0)
            version_ = std::to_string(number / 1'000'000) + "." + std::to_string(number / 1000 % 1000) + "." +
                       std::to_string(number % 1000);
    }

    const std::string& libvirt_version() const noexcept override { return version_; }
    Result<std::unique_ptr<LxcContainer>> start(const LxcRequest& request, InstanceObserver& observer,
                                                const StopToken& stop) override {
        return start_lxc_container({*server_, program_, start_deadline_}, request, observer, stop);
    }

  private:
    std::unique_ptr<LxcServer> server_;
    UniqueFd program_;
    std::chrono::nanoseconds start_deadline_;
    std::string version_;
};

} // namespace

Result<std::unique_ptr<LxcDriver>> LxcDriver::open(const LxcOptions& options, const StopToken& stop) {
    ISOLAB_ASSIGN(const LxcPrograms programs, find_lxc_programs());
    ISOLAB_ASSIGN(const fs::path init, find_lxc_init(options.guest_init));
    ISOLAB_ASSIGN(UniqueFd program, sealed_copy(init));
    ISOLAB_ASSIGN(auto server, LxcServer::start(programs, options.scratch, stop));
    return std::make_unique<LocalLxcDriver>(std::move(server), std::move(program), options.start_deadline);
}

Result<void> check_lxc() {
    if (::geteuid() != 0)
        return fail(ErrorKind::permission_denied, "run LXC containers", {}, "libvirt's LXC driver is for root only",
                    "Run Isolab as root");
    return find_lxc_programs().map([](const LxcPrograms&) {});
}

} // namespace isolab
