// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "virt/virt.h"

namespace isolab::test {

inline constexpr std::uint64_t mebibyte = 1U << 20U;

/// Records everything that a machine tells.
class RecordingObserver : public InstanceObserver {
  public:
    void on_mark(const PhaseMark& mark) override;
    void on_output(OutputStream stream, std::string_view bytes, Nanoseconds at) override;
    void on_warning(std::string_view text) override;
    void on_probe_ready(Nanoseconds at, std::optional<Nanoseconds> cpu) override;
    void on_exit(const ExitStatus& status, Nanoseconds at, std::optional<Nanoseconds> cpu) override;
    void on_lost(Nanoseconds at) override;

    std::vector<PhaseMark> marks() const;
    std::string output(OutputStream stream) const;
    std::optional<Nanoseconds> ready_at() const;
    std::string warnings() const; ///< one after the other
    int exits() const;
    int losses() const;
    bool wait_ready();                         ///< for as long as tests are patient
    bool wait_output(const std::string& text); ///< the same

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<PhaseMark> marks_;
    std::map<OutputStream, std::string> output_;
    std::optional<Nanoseconds> ready_at_;
    std::string warnings_;
    int exits_ = 0;
    int losses_ = 0;
};

/// A data folder for one test executable, removed at its end, with the test kernels in it.
class TestRoot {
  public:
    TestRoot();
    TestRoot(const TestRoot&) = delete;
    TestRoot& operator=(const TestRoot&) = delete;
    ~TestRoot();
    const std::filesystem::path& path() const { return path_; }
    /// Software emulation even where KVM works, so that times and memory are of the same kind on every machine.
    /// The lean kind boots in three quarters of the time, for what has nothing to do with the kind.
    HypervisorOptions options(MachineKind kind = MachineKind::standard) const;

  private:
    std::filesystem::path path_;
};

/// A root file system of busybox: /bin/busybox with links for the programs that tests use, /www/index.html.
void make_busybox_tree(const std::filesystem::path& tree);

/// A command in the busybox root file system.
ProcessSpec busybox(std::vector<std::string> args);

/// A whole machine's disks with nothing on them that boots: ROOT/cache/system.qcow2 and ROOT/cache/seed.
void make_empty_system(const std::filesystem::path& root);
SystemDisk empty_system(const std::filesystem::path& root);

/// What must be the same before and after: QEMU processes of a data folder and all its files but caches
/// and libvirt's own log.
std::set<std::string> list_traces(const std::filesystem::path& root);

/// What came and what went since `before`, "+path -path"; empty when nothing did.
std::string changes_since(const std::set<std::string>& before, const std::filesystem::path& root);

} // namespace isolab::test
