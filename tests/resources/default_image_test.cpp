// SPDX-License-Identifier: GPL-3.0-or-later
//
// The default image as other people's tools see it: skopeo reads it, umoci unpacks it, and what is in it runs.
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

#include "engine/base/json.h"
#include "engine/base/probe.h"
#include "engine/base/subprocess.h"
#include "tests/support/free_port.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/user_namespaces.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

namespace {

const fs::path image_dir = share_folder() / "default-image";
const std::string image = "isolab/default:latest";

/// A command inside the unpacked image.
std::vector<std::string> inside(const fs::path& root, const std::vector<std::string>& command) {
    std::vector<std::string> argv = {find_program("chroot").value_or("chroot"), root}; // in /usr/sbin
    if (::geteuid() != 0)
        argv.insert(argv.begin(), {"unshare", "--user", "--map-root-user"});
    argv.insert(argv.end(), command.begin(), command.end());
    return argv;
}

/// Skips where this user may not become root of a namespace, as `inside` needs.
#define NEEDS_TO_RUN_INSIDE()                                                                                          \
    if (const std::string why = ::geteuid() == 0 ? "" : test::why_no_user_namespaces(); !why.empty())                  \
    QSKIP(why.c_str())

} // namespace

class DefaultImageTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase();
    void skopeo_reads_it();
    void same_inputs_give_same_bytes();
    void busybox_runs();
    void bench_runs();
    void web_server_answers();

  private:
    QTemporaryDir scratch_;
    fs::path root_;
};

void DefaultImageTest::initTestCase() {
    QVERIFY(scratch_.isValid());
    const fs::path bundle = fs::path(scratch_.path().toStdString()) / "bundle";
    std::vector<std::string> argv = {"umoci", "unpack", "--image", image_dir.string() + ":" + image, bundle};
    if (::geteuid() != 0)
        argv.insert(argv.begin() + 2, "--rootless");
    const auto unpacked = run_checked(argv);
    VERIFY_OK(unpacked);
    root_ = bundle / "rootfs";
}

void DefaultImageTest::skopeo_reads_it() {
    const auto text = run_checked({"skopeo", "inspect", "oci:" + image_dir.string() + ":" + image});
    VERIFY_OK(text);
    const Json document = *parse_json(*text, "skopeo");
    QCOMPARE(document["Os"].get<std::string>(), std::string("linux"));
    QCOMPARE(document["Layers"].size(), 2U);
}

void DefaultImageTest::same_inputs_give_same_bytes() {
    const fs::path again = fs::path(scratch_.path().toStdString()) / "again";
    const auto built =
        run_checked({source_file("resources/image/build-default-image.sh"), again, *find_program("busybox"),
                     program_file("isolab-bench"), program_file("isolab-probe")});
    VERIFY_OK(built);
    const auto difference = run_command({"diff", "-r", image_dir, again});
    QVERIFY(difference);
    QCOMPARE(difference->out, std::string());
}

void DefaultImageTest::busybox_runs() {
    NEEDS_TO_RUN_INSIDE();
    const auto out = run_checked(inside(root_, {"/bin/sh", "-c", "echo one two | awk '{print $2}'; id -un"}));
    VERIFY_OK(out);
    QCOMPARE(*out, std::string("two\nroot\n"));
}

void DefaultImageTest::bench_runs() {
    NEEDS_TO_RUN_INSIDE();
    const auto out = run_checked(inside(root_, {"/bin/isolab-bench", "syscall", "--seconds", "0.01"}));
    VERIFY_OK(out);
    QVERIFY((*parse_json(*out, "isolab-bench"))["results"][0]["operations"].get<std::uint64_t>() > 0);
}

void DefaultImageTest::web_server_answers() {
    NEEDS_TO_RUN_INSIDE();
    const auto port = static_cast<std::uint16_t>(free_port());
    const std::string address = "127.0.0.1:" + std::to_string(port);
    auto server = spawn({inside(root_, {"/bin/httpd", "-f", "-p", address, "-h", "/www"}), {}, {}});
    VERIFY_OK(server);
    const std::string request = "GET /index.html HTTP/1.0\r\n\r\n";
    const std::string expected = "Hello from Isolab";
    char reply[4096];
    const auto ask = [&] {
        return probe_exchange(port, request.data(), request.size(), expected.data(), expected.size(), reply,
                              sizeof reply, 1000);
    };
    COMPARE_SOON(ask(), 0);
}

ISOLAB_TEST(DefaultImageTest)
#include "default_image_test.moc"
