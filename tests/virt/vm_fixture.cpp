// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/virt/vm_fixture.h"

#include <fstream>
#include <stdexcept>

#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "tests/support/kernels.h"
#include "tests/support/patience.h"
#include "tests/support/places.h"

namespace isolab::test {

namespace fs = std::filesystem;

void RecordingObserver::on_mark(const PhaseMark& mark) {
    const std::lock_guard lock(mutex_);
    marks_.push_back(mark);
}

void RecordingObserver::on_output(OutputStream stream, std::string_view bytes, Nanoseconds) {
    const std::lock_guard lock(mutex_);
    output_[stream] += bytes;
    changed_.notify_all();
}

void RecordingObserver::on_warning(std::string_view text) {
    const std::lock_guard lock(mutex_);
    warnings_ += text;
}

void RecordingObserver::on_probe_ready(Nanoseconds at, std::optional<Nanoseconds>) {
    const std::lock_guard lock(mutex_);
    ready_at_ = at;
    changed_.notify_all();
}

void RecordingObserver::on_exit(const ExitStatus&, Nanoseconds, std::optional<Nanoseconds>) {
    const std::lock_guard lock(mutex_);
    ++exits_;
}

void RecordingObserver::on_lost(Nanoseconds) {
    const std::lock_guard lock(mutex_);
    ++losses_;
}

std::vector<PhaseMark> RecordingObserver::marks() const {
    const std::lock_guard lock(mutex_);
    return marks_;
}

std::string RecordingObserver::output(OutputStream stream) const {
    const std::lock_guard lock(mutex_);
    const auto found = output_.find(stream);
    return found == output_.end() ? std::string() : found->second;
}

std::optional<Nanoseconds> RecordingObserver::ready_at() const {
    const std::lock_guard lock(mutex_);
    return ready_at_;
}

std::string RecordingObserver::warnings() const {
    const std::lock_guard lock(mutex_);
    return warnings_;
}

int RecordingObserver::exits() const {
    const std::lock_guard lock(mutex_);
    return exits_;
}

int RecordingObserver::losses() const {
    const std::lock_guard lock(mutex_);
    return losses_;
}

bool RecordingObserver::wait_ready() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return ready_at_.has_value(); });
}

bool RecordingObserver::wait_output(const std::string& text) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience,
                             [&] { return output_[OutputStream::out].find(text) != std::string::npos; });
}

TestRoot::TestRoot() : path_(make_temporary_directory("/tmp", "isolab-vm-").value()) {
    fs::create_directory_symlink(test_kernels(), path_ / "kernels");
}

TestRoot::~TestRoot() { [[maybe_unused]] const auto removed = remove_tree(path_); }

HypervisorOptions TestRoot::options(MachineKind kind) const {
    HypervisorOptions options;
    options.root = path_;
    options.kind = kind;
    options.accelerator = Accelerator::tcg;
    options.guest_init = program_file("isolab-guest-init");
    options.boot_deadline = std::chrono::minutes(5); // emulation on a busy machine is slow
    return options;
}

void make_busybox_tree(const fs::path& tree) {
    fs::create_directories(tree / "bin");
    fs::create_directories(tree / "www");
    fs::create_directories(tree / "tmp");
    fs::copy_file("/bin/busybox", tree / "bin/busybox");
    for (const char* name :
         {"sh",    "cat",   "echo",  "env",  "id",    "pwd",       "httpd", "sleep", "true", "dd",  "hostname", "seq",
          "mkdir", "rmdir", "mount", "free", "nproc", "sha256sum", "kill",  "ls",    "nc",   "tee", "md5sum"})
        fs::create_symlink("busybox", tree / "bin" / name);
    std::ofstream(tree / "www/index.html") << "hello from inside\n";
}

ProcessSpec busybox(std::vector<std::string> args) {
    ProcessSpec process;
    process.args = std::move(args);
    process.env = {"PATH=/bin"};
    return process;
}

void make_empty_system(const fs::path& root) {
    const SystemDisk system = empty_system(root);
    const auto made =
        run_checked({"qemu-img", "create", "-q", "-f", "qcow2", system.path, std::to_string(system.logical)});
    if (!made || !write_file_atomically(system.seed, std::string(mebibyte, '\0')))
        throw std::runtime_error("cannot make the disks of an empty system");
}

SystemDisk empty_system(const fs::path& root) {
    const fs::path folder = root / "cache";
    return {folder / "system.qcow2", 64 * mebibyte, 0, folder / "seed", DiskFirmware::bios};
}

std::set<std::string> list_traces(const fs::path& root) {
    std::set<std::string> traces;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/proc", error)) {
        const auto command = read_file(entry.path() / "cmdline", 1U << 20U);
        if (command && command->find(root.string()) != std::string::npos &&
            command->find("qemu-system") != std::string::npos)
            traces.insert("process " + entry.path().filename().string());
    }
    // Others may be removing what is walked through.
    for (fs::recursive_directory_iterator it(root, error), end; !error && it != end; it.increment(error)) {
        const std::string path = it->path().lexically_relative(root).string();
        if (path.find("cache/") == std::string::npos && path.find("libvirt.log") == std::string::npos)
            traces.insert(path);
    }
    return traces;
}

std::string changes_since(const std::set<std::string>& before, const fs::path& root) {
    std::string text;
    const auto now = list_traces(root);
    for (const std::string& trace : now)
        text += before.contains(trace) ? "" : "+" + trace + " ";
    for (const std::string& trace : before)
        text += now.contains(trace) ? "" : "-" + trace + " ";
    return text;
}

} // namespace isolab::test
