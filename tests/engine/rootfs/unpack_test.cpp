// SPDX-License-Identifier: GPL-3.0-or-later
#include <filesystem>
#include <fstream>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <QtTest>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "engine/rootfs/layer_unpacker.h"
#include "tests/support/tar_builder.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

using namespace isolab;
using isolab::test::TarBuilder;
namespace fs = std::filesystem;

namespace {

class MemorySource final : public ByteSource {
  public:
    explicit MemorySource(std::string bytes) : bytes_(std::move(bytes)) {}
    Result<std::string_view> next() override {
        const std::string_view piece = std::string_view(bytes_).substr(at_, 4096);
        at_ += piece.size();
        return piece;
    }
    const std::string& label() const noexcept override { return label_; }

  private:
    std::string bytes_;
    std::size_t at_ = 0;
    std::string label_ = "test layer";
};

std::string list(const fs::path& folder) {
    return *run_checked(
        {"sh", "-c", "cd '" + folder.string() + "' && find . ! -path './layer*' -printf '%p %M %s %T@\n' | sort"});
}

struct stat status_of(const fs::path& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0)
        status.st_nlink = 0;
    return status;
}

bool is_whiteout(const fs::path& path) {
    const struct stat status = status_of(path);
    return status.st_nlink > 0 && S_ISCHR(status.st_mode) && status.st_rdev == 0;
}

bool is_opaque(const fs::path& path) {
    char value = 0;
    return ::getxattr(path.c_str(), "trusted.overlay.opaque", &value, 1) == 1 && value == 'y';
}

} // namespace

class UnpackTest : public QObject {
    Q_OBJECT
    std::optional<TemporaryTree> scratch_;
    fs::path here_;
    fs::path layer_;
    std::string before_;

    Result<UnpackedLayer> unpack(const std::string& tar, const UnpackLimits& limits = {}, bool privileged = true) {
        MemorySource source(tar);
        return unpack_layer(source, tar.size(), Digest::of(tar), layer_, privileged, limits);
    }

    /// The layer is refused with that kind, the message names `mention`, and nothing outside of it has changed.
    void refuse(const std::string& tar, ErrorKind kind, const char* mention) {
        const auto result = unpack(tar);
        QVERIFY(!result);
        QVERIFY2(result.error().message().find(mention) != std::string::npos, result.error().message().c_str());
        QVERIFY2(result.error().kind == kind, result.error().message().c_str());
        QCOMPARE(list(here_), before_);
    }

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("owners, device nodes and trusted attributes need root");
    }
    void init() {
        scratch_.emplace(*make_temporary_directory(fs::temp_directory_path(), "isolab-unpack-"));
        here_ = scratch_->path();
        layer_ = here_ / "layer";
        fs::create_directories(layer_);
        fs::create_directories(here_ / "outside");
        std::ofstream(here_ / "outside/secret") << "host";
        fs::permissions(here_ / "outside", fs::perms::owner_all);
        before_ = list(here_);
    }

    void ordinary_content_is_exact() {
        isolab::test::TarAttributes special{04755, 1000, 2000, 1'600'000'000, {{"SCHILY.xattr.user.colour", "blue"}}};
        const auto done = unpack(TarBuilder()
                                     .directory("./", {0711, 5, 6, 1'500'000'000, {}})
                                     .directory("bin", {0555, 7, 8, 1'400'000'000, {}})
                                     .file("bin/tool", "content", special)
                                     .symlink("bin/link", "/bin/tool")
                                     .hardlink("bin/hard", "bin/tool")
                                     .character_device("null", 1, 3)
                                     .fifo("pipe")
                                     .file("implied/deep/file", "x")
                                     .finish());
        VERIFY_OK(done);
        const struct stat tool = status_of(layer_ / "bin/tool");
        QCOMPARE(tool.st_mode, mode_t{S_IFREG | 04755U});
        QCOMPARE(tool.st_uid, 1000U);
        QCOMPARE(tool.st_gid, 2000U);
        QCOMPARE(tool.st_mtim.tv_sec, 1'600'000'000);
        QCOMPARE(tool.st_nlink, nlink_t{2});
        char colour[8]{};
        QCOMPARE(::getxattr((layer_ / "bin/tool").c_str(), "user.colour", colour, sizeof colour), ssize_t{4});
        QCOMPARE(fs::read_symlink(layer_ / "bin/link"), fs::path("/bin/tool"));
        const struct stat bin = status_of(layer_ / "bin");
        QCOMPARE(bin.st_mode, mode_t{S_IFDIR | 0555U});
        QCOMPARE(bin.st_mtim.tv_sec, 1'400'000'000);
        QCOMPARE(status_of(layer_).st_mode, mode_t{S_IFDIR | 0711U});
        QCOMPARE(status_of(layer_).st_uid, 5U);
        QCOMPARE(status_of(layer_ / "null").st_rdev, makedev(1, 3));
        QVERIFY(S_ISFIFO(status_of(layer_ / "pipe").st_mode));
        QCOMPARE(status_of(layer_ / "implied/deep").st_mode, mode_t{S_IFDIR | 0755U});
        QCOMPARE(list(here_), before_);
    }
    void file_capabilities_survive() {
        const std::string capability("\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
        QVERIFY(unpack(TarBuilder()
                           .file("ping", "x", {0755, 0, 0, 1, {{"SCHILY.xattr.security.capability", capability}}})
                           .finish()));
        char value[64]{};
        QCOMPARE(::getxattr((layer_ / "ping").c_str(), "security.capability", value, sizeof value), ssize_t{20});
    }
    void attributes_that_overlayfs_obeys_are_dropped() {
        QVERIFY(unpack(TarBuilder()
                           .directory("d", {0755,
                                            0,
                                            0,
                                            1,
                                            {{"SCHILY.xattr.trusted.overlay.redirect", "/etc"},
                                             {"SCHILY.xattr.user.overlay.opaque", "y"}}})
                           .finish()));
        QVERIFY(::getxattr((layer_ / "d").c_str(), "trusted.overlay.redirect", nullptr, 0) < 0);
        QVERIFY(::getxattr((layer_ / "d").c_str(), "user.overlay.opaque", nullptr, 0) < 0);
    }
    void names_in_any_script_and_length_survive() {
        const std::string composed = "F\xc5\x91tan\xc3\xbas\xc3\xadtv\xc3\xa1ny";
        const std::string latin1 = "caf\xe9";
        const std::string longest(255, 'n');
        QVERIFY(unpack(TarBuilder()
                           .file("a", "1", {0644, 0, 0, 1, {{"path", composed}}})
                           .file(latin1, "3")
                           .file("d/" + longest, "4")
                           .finish()));
        QVERIFY(fs::exists(layer_ / composed));
        QVERIFY(fs::exists(layer_ / latin1));
        QVERIFY(fs::exists(layer_ / "d" / longest));
    }
    void whiteouts_become_overlay_whiteouts() {
        QVERIFY(unpack(TarBuilder()
                           .file("a/.wh.gone", "")
                           .file("b/kept", "x")
                           .file("b/.wh..wh..opq", "")
                           .file("c/.wh.again", "")
                           .file("c/again", "new")
                           .file("d/new/file", "x")
                           .file("d/.wh.new", "")
                           .file("e/.wh.dir", "")
                           .directory("e/dir")
                           .file(".wh..wh.aufs", "")
                           .finish()));
        QVERIFY(is_whiteout(layer_ / "a/gone"));
        QVERIFY(is_opaque(layer_ / "b"));
        QVERIFY(fs::exists(layer_ / "b/kept"));
        QVERIFY(fs::is_regular_file(layer_ / "c/again"));
        QVERIFY(fs::exists(layer_ / "d/new/file"));
        QVERIFY(is_opaque(layer_ / "d/new"));
        QVERIFY(is_opaque(layer_ / "e/dir"));
        QVERIFY(!fs::exists(layer_ / ".wh..wh.aufs"));
    }
    void later_entries_replace_earlier_ones() {
        QVERIFY(unpack(TarBuilder()
                           .file("a", "1")
                           .directory("a")
                           .file("a/x", "in")
                           .directory("b")
                           .file("b/y", "y")
                           .file("b", "file now")
                           .symlink("l", "/outside")
                           .file("l", "not a link")
                           .finish()));
        QVERIFY(fs::exists(layer_ / "a/x"));
        QVERIFY(fs::is_regular_file(layer_ / "b"));
        QVERIFY(fs::is_regular_file(fs::symlink_status(layer_ / "l")));
    }
    void links_lead_nowhere_outside() {
        // "/etc" and "../../.." mean the layer's own root.
        QVERIFY(unpack(TarBuilder()
                           .directory("etc")
                           .symlink("absolute", "/etc")
                           .file("absolute/one", "1")
                           .symlink("up", "../../../../../../etc")
                           .file("up/two", "2")
                           .finish()));
        QVERIFY(fs::exists(layer_ / "etc/one"));
        QVERIFY(fs::exists(layer_ / "etc/two"));
        QCOMPARE(list(here_), before_);
    }
    void escapes_are_refused_by_name() {
        refuse(TarBuilder().file("../evil", "x").finish(), ErrorKind::corrupt, "../evil");
        refuse(TarBuilder().file("a/../../evil", "x").finish(), ErrorKind::corrupt, "a/../../evil");
        refuse(TarBuilder().file((here_ / "outside/evil").string(), "x").finish(), ErrorKind::corrupt, "outside/evil");
        refuse(TarBuilder().symlink("out", (here_ / "outside").string()).file("out/evil", "x").finish(),
               ErrorKind::corrupt, "out/evil");
        refuse(TarBuilder().hardlink("hard", "../outside/secret").finish(), ErrorKind::corrupt, "hard");
        refuse(TarBuilder().hardlink("h2", (here_ / "outside/secret").string()).finish(), ErrorKind::corrupt, "h2");
        refuse(TarBuilder().symlink("s3", (here_ / "outside").string()).hardlink("h3", "s3/secret").finish(),
               ErrorKind::corrupt, "h3");
        refuse(TarBuilder().file("x", "1", {0644, 0, 0, 1, {{"path", "../pax"}}}).finish(), ErrorKind::corrupt,
               "../pax");
    }
    void hard_link_to_an_escaping_symlink_links_the_symlink() {
        QVERIFY(unpack(TarBuilder().symlink("s", "/etc/shadow").hardlink("h", "s").file("h", "own").finish()));
        QVERIFY(fs::is_symlink(layer_ / "s"));
        QVERIFY(fs::is_regular_file(layer_ / "h"));
    }
    void impossible_whiteouts_are_refused() {
        refuse(TarBuilder().file("a/.wh.", "").finish(), ErrorKind::corrupt, ".wh.");
        refuse(TarBuilder().file("a/.wh..", "").finish(), ErrorKind::corrupt, ".wh..");
        refuse(TarBuilder().file("a/.wh...", "").finish(), ErrorKind::corrupt, ".wh...");
    }
    void whiteouts_below_files_and_links_change_nothing() {
        // Tools write these when a directory of the layer below became a file or a link.
        QVERIFY(unpack(TarBuilder()
                           .symlink("out", (here_ / "outside").string())
                           .file("out/.wh.secret", "")
                           .file("file", "x")
                           .file("file/.wh.old", "")
                           .file("usr/lib/kept", "x")
                           .symlink("lib", "usr/lib")
                           .file("lib/.wh.kept", "")
                           .file("lib/.wh..wh..opq", "")
                           .finish()));
        QVERIFY(fs::is_symlink(layer_ / "out") && fs::is_regular_file(layer_ / "file"));
        QVERIFY(fs::exists(layer_ / "usr/lib/kept") && !is_opaque(layer_ / "usr/lib"));
        QCOMPARE(list(here_), before_);
    }
    void files_are_no_parents() {
        refuse(TarBuilder().file("f", "x").file("f/below", "x").finish(), ErrorKind::corrupt, "f/below");
        refuse(TarBuilder().file(".", "root is a file").finish(), ErrorKind::corrupt, "directory");
    }
    void damaged_archives_are_refused() {
        refuse("this is no archive", ErrorKind::invalid_argument, "test layer");
        const std::string good = TarBuilder().file("a", std::string(100'000, 'a')).finish();
        refuse(good.substr(0, 50'000), ErrorKind::corrupt, "runcated");
        refuse(TarBuilder().member('0', "liar", "", "short", 1ULL << 32U, {}).finish(), ErrorKind::corrupt, "runcated");
        refuse(TarBuilder().file("uid", "x", {0644, 1ULL << 33U, 0, 1, {}}).finish(), ErrorKind::corrupt, "uid");
    }
    void huge_headers_cost_no_memory() {
        const std::string huge(64U << 20U, 'x');
        QVERIFY(!unpack(TarBuilder().file("a", "x", {0644, 0, 0, 1, {{"path", huge}}}).finish()));
        QVERIFY(!unpack(TarBuilder().member('x', "pax", "", "12 path=a", 1ULL << 40U, {}).finish()));
        QCOMPARE(list(here_), before_);
    }
    void wrong_diff_id_is_told() {
        const std::string tar = TarBuilder().file("a", "x").finish();
        MemorySource source(tar);
        const auto result = unpack_layer(source, tar.size(), Digest::of("else"), layer_, true);
        QVERIFY(!result && result.error().kind == ErrorKind::corrupt);
        QVERIFY(result.error().message().find(Digest::of("else").text()) != std::string::npos);
    }
    void trailing_bytes_belong_to_the_diff_id() {
        QVERIFY(unpack(TarBuilder().file("a", "x").finish() + std::string(20'480, '\0')));
    }
    void quotas_hold() {
        TarBuilder many;
        for (int i = 0; i < 50; ++i)
            many.file("f" + std::to_string(i), "");
        UnpackLimits few;
        few.entries = 49;
        QVERIFY(unpack(many.finish(), few).error().kind == ErrorKind::no_space);
        std::string deep;
        for (int i = 0; i < 300; ++i)
            deep += "d/";
        QVERIFY(unpack(TarBuilder().file(deep + "f", "x").finish()).error().kind == ErrorKind::no_space);
        std::string half;
        for (int i = 0; i < 200; ++i)
            half += "d/";
        QVERIFY(
            unpack(TarBuilder().file(half + "f", "x").symlink("short", half).file("short/" + half + "f", "x").finish())
                .error()
                .kind == ErrorKind::no_space);
        UnpackLimits small;
        small.bytes = 10'000;
        QVERIFY(unpack(TarBuilder().file("big", std::string(20'000, 'x')).finish(), small).error().kind ==
                ErrorKind::no_space);
    }
    void compression_bomb_is_stopped_early() {
        // Ten gibibytes of zeros in a zstd stream of a few hundred kilobytes.
        const fs::path bomb = here_ / "layer.bomb";
        const std::string member = TarBuilder().member('0', "zeros", "", "", 8ULL << 30U, {}).unfinished();
        std::ofstream(here_ / "layer.head", std::ios::binary) << member;
        QVERIFY(run_checked({"sh", "-c",
                             "(cat '" + (here_ / "layer.head").string() +
                                 "'; head -c 3G /dev/zero) | zstd -q -1 -c > '" + bomb.string() + "'"}));
        const std::string packed = *read_file(bomb);
        QVERIFY(packed.size() < (2U << 20U));
        MemorySource source(packed);
        const auto result = unpack_layer(source, packed.size(), Digest::of("any"), layer_, true);
        QVERIFY(!result && result.error().kind == ErrorKind::no_space);
        QVERIFY2(result.error().message().find("times its size") != std::string::npos,
                 result.error().message().c_str());
        QVERIFY(status_of(layer_ / "zeros").st_size < (2LL << 30U));
    }
    void what_is_kept_in_memory_is_bounded() {
        UnpackLimits little;
        little.memory = 100'000;
        TarBuilder attributes;
        TarBuilder names;
        for (int i = 0; i < 20; ++i) {
            attributes.directory("d" + std::to_string(i),
                                 {0755, 0, 0, 1, {{"SCHILY.xattr.user.a", std::string(10'000, 'v')}}});
            for (int j = 0; j < 20; ++j)
                names.file(std::string(200, 'n') + "/" + std::to_string(i * 20 + j), "");
        }
        QVERIFY(unpack(attributes.finish(), little).error().kind == ErrorKind::no_space);
        QVERIFY(unpack(names.finish(), little, false).error().kind == ErrorKind::no_space);
        QVERIFY(unpack(names.finish(), {}, false));
    }
    void every_compression_is_read() {
        const std::string tar = TarBuilder().file("a", std::string(300'000, 'q')).finish();
        std::ofstream(here_ / "layer.tar", std::ios::binary) << tar;
        for (const char* tool : {"gzip", "zstd", "xz", "bzip2"}) {
            const auto packed = run_checked({tool, "-q", "-c", (here_ / "layer.tar").string()});
            QVERIFY(packed);
            fs::remove_all(layer_);
            fs::create_directory(layer_);
            MemorySource whole(*packed);
            const auto done = unpack_layer(whole, packed->size(), Digest::of(tar), layer_, true);
            QVERIFY2(done, tool);
            QCOMPARE(status_of(layer_ / "a").st_size, off_t{300'000});
            MemorySource cut(packed->substr(0, packed->size() / 2));
            QVERIFY2(unpack_layer(cut, packed->size(), Digest::of(tar), layer_, true).error().kind ==
                         ErrorKind::corrupt,
                     tool);
        }
    }
    void sparse_files_keep_their_holes() {
        const fs::path sparse = here_ / "layer.sparse";
        std::ofstream(sparse) << "";
        fs::resize_file(sparse, 64U << 20U);
        for (const char* format : {"--format=gnu", "--format=pax"}) {
            const auto tar = run_checked({"tar", "-C", here_.string(), "-S", format, "-cf", "-", "layer.sparse"});
            QVERIFY(tar);
            fs::remove_all(layer_);
            fs::create_directory(layer_);
            QVERIFY2(unpack(*tar), format);
            QCOMPARE(status_of(layer_ / "layer.sparse").st_size, off_t{64U << 20U});
            QVERIFY(status_of(layer_ / "layer.sparse").st_blocks < 64);
        }
    }
    void without_privilege_owners_go_to_the_table() {
        const auto done = unpack(TarBuilder()
                                     .directory("etc", {0000, 0, 0, 1, {}})
                                     .file("etc/shadow", "x", {0000, 3, 42, 1, {}})
                                     .hardlink("etc/other", "etc/shadow")
                                     .symlink("e", "etc")
                                     .file("e/through", "x", {0600, 9, 9, 1, {}})
                                     .character_device("dev", 1, 3)
                                     .file("gone/.wh.x", "")
                                     .finish(),
                                 {}, false);
        VERIFY_OK(done);
        QCOMPARE(status_of(layer_ / "etc/shadow").st_uid, 0U);
        QCOMPARE(status_of(layer_ / "etc/shadow").st_mode & 07777U, 0400U);
        QCOMPARE(status_of(layer_ / "etc").st_mode & 07777U, 0700U);
        QVERIFY(!fs::exists(layer_ / "dev"));
        QVERIFY(is_whiteout(layer_ / "gone/x"));
        const FileOwner* const shadow = done->owners.find("etc/shadow");
        QVERIFY(shadow != nullptr && shadow->uid == 3 && shadow->gid == 42 && shadow->mode == S_IFREG);
        QVERIFY(done->owners.find("etc/other") != nullptr && done->owners.find("etc/through") != nullptr);
        const auto again = OwnerTable::parse(done->owners.render(), "table");
        QVERIFY(again && again->entries().size() == done->owners.entries().size());
    }
};

ISOLAB_TEST(UnpackTest)
#include "unpack_test.moc"
