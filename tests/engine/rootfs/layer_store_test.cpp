// SPDX-License-Identifier: GPL-3.0-or-later
#include <atomic>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <thread>

#include <sys/resource.h>

#include <QtTest>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/subprocess.h"
#include "engine/image/image_store.h"
#include "engine/rootfs/merged_tree.h"
#include "engine/rootfs/overlay_probe.h"
#include "engine/rootfs/snapshotter.h"
#include "tests/support/layout_builder.h"
#include "tests/support/tar_builder.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

namespace {

std::string sh(const std::string& script) {
    const auto output = run_checked({"bash", "-ec", script});
    if (!output)
        qFatal("%s", output.error().message().c_str());
    return *output;
}

/// Everything that can be seen of a tree but the times of directories: type, mode, owner, size, links, device, content.
std::string describe(const fs::path& tree) {
    return sh("cd '" + tree.string() +
              "'; find . -type d -printf '%P %y %m %U %G\n' -o -printf '%P %y %m %U %G %s %n %l %Ts\n' | sort;"
              "find . -type f -print0 | sort -z | xargs -0 -r sha256sum;"
              "getfattr -R -h -d -m 'user\\.|security.capability' .");
}

} // namespace

class LayerStoreTest : public QObject {
    Q_OBJECT
    std::optional<TemporaryTree> scratch_;
    fs::path here_;
    std::optional<ImageStore> images_;
    std::optional<LayerStore> layers_;
    NoProgress silent_;

    /// Imports and unpacks uncompressed layers.
    Image image_of(const std::vector<std::string>& layers) {
        const fs::path layout = here_ / "layout";
        fs::remove_all(layout);
        LayoutBuilder(layout).build(layers, "1");
        return unpacked(layout);
    }
    Image unpacked(const fs::path& source) {
        const auto image = images_->import(source, std::nullopt, silent_, {});
        if (!image)
            qFatal("%s", image.error().message().c_str());
        const auto done = layers_->ensure(*images_, *image, silent_, {});
        if (!done)
            qFatal("%s", done.error().message().c_str());
        return *image;
    }

    /// Equal descriptions; otherwise the lines that differ are shown.
    void compare(const std::string& found, const std::string& expected) {
        std::ofstream(here_ / "found") << found;
        std::ofstream(here_ / "expected-list") << expected;
        const auto difference = run_command({"diff", (here_ / "expected-list").string(), (here_ / "found").string()});
        QVERIFY2(found == expected, difference ? difference->out.c_str() : "diff failed");
    }

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("owners, device nodes and trusted attributes need root");
    }
    void init() {
        scratch_.emplace(*make_temporary_directory(fs::temp_directory_path(), "isolab-layers-"));
        here_ = scratch_->path();
        images_ = *ImageStore::open(here_ / "images");
        layers_ = *LayerStore::open(here_ / "layers");
    }

    void umoci_and_overlayfs_see_the_same_tree() {
        // Layers made, repacked and unpacked by umoci: changes, removals, replaced types, links, capabilities, devices.
        const std::string base = here_.string();
        sh("cd '" + base +
           "'; umoci init --layout L; umoci new --image L:t; umoci unpack --image L:t b 2>&1;"
           "r=b/rootfs; mkdir -p $r/{bin,etc,var/lib/gone,dir,opq/sub}; echo one > $r/etc/one; ln $r/etc/one "
           "$r/etc/hard;"
           "ln -s /etc/one $r/bin/link; cp /bin/true $r/bin/tool; setcap cap_net_raw+ep $r/bin/tool;"
           "chmod 4755 $r/bin/tool; chown 7:9 $r/etc/one; echo x > $r/var/lib/gone/f; echo f > $r/dir/f;"
           "setfattr -n user.colour -v red $r/etc/one; mknod $r/null c 1 3; mkfifo $r/pipe; echo s > $r/opq/sub/s;"
           "echo y > $r/becomes_dir; mkdir $r/becomes_file; echo z > $r/becomes_file/z; chmod 1777 $r/var;"
           "umoci repack --image L:t b 2>&1; rm -rf b; umoci unpack --image L:t b 2>&1;"
           "rm -rf $r/var/lib/gone $r/etc/hard $r/opq; mkdir $r/opq; echo new > $r/opq/new; rm $r/becomes_dir;"
           "mkdir $r/becomes_dir; echo d > $r/becomes_dir/d; rm -r $r/becomes_file; echo file > $r/becomes_file;"
           "echo two > $r/etc/two; umoci repack --image L:t b 2>&1; rm -rf b; umoci unpack --image L:t b 2>&1;"
           "echo three > $r/etc/one; rm $r/etc/two; umoci repack --image L:t b 2>&1; rm -rf b;"
           "umoci unpack --image L:t expected 2>&1");
        const Image image = unpacked(here_ / "L");
        QCOMPARE(image.layers.size(), std::size_t{3});
        const std::string expected = describe(here_ / "expected/rootfs");
        QVERIFY(expected.size() > 1000);

        const auto built = layers_->build_tree(image, here_ / "tree", silent_, {});
        VERIFY_OK(built);
        // Hard links into the layers change link counts only.
        sh("cp -a --reflink=auto '" + base + "/tree' '" + base + "/own'");
        compare(describe(here_ / "own"), expected);

        const auto copier = make_snapshotter(*layers_, "copy");
        QVERIFY(copier);
        const auto copy = (*copier)->prepare(image, here_ / "copy", {});
        QVERIFY(copy);
        compare(describe(copy->root), expected);
        QVERIFY((*copier)->remove(*copy) && !fs::exists(here_ / "copy"));

        std::string lowers;
        for (const auto& lower : layers_->lowers(image))
            lowers += (lowers.empty() ? "" : ":") + lower.string();
        sh("unshare -m bash -ec 'mkdir " + base + "/m; mount -t overlay overlay -o lowerdir=" + lowers + " " + base +
           "/m; cp -a " + base + "/m " + base + "/seen'");
        compare(describe(here_ / "seen"), expected);
    }
    void archives_of_real_tools_give_the_same_layers() {
        const std::string base = here_.string();
        sh("cd '" + base +
           "'; umoci init --layout L; umoci new --image L:t; umoci unpack --image L:t b 2>&1;"
           "mkdir -p b/rootfs/bin; cp /bin/true b/rootfs/bin/; umoci repack --image L:t b 2>&1;"
           "umoci config --image L:t --config.cmd /bin/true --config.user 5:6;"
           "skopeo copy oci:L:t oci:M:other 2>&1; skopeo copy oci:L:t oci-archive:o.tar:team/app:3 2>&1;"
           "skopeo copy oci:L:t docker-archive:d.tar:localhost/app:4 2>&1; gzip -k d.tar; zstd -q o.tar");
        const Image first = unpacked(here_ / "L");
        QCOMPARE(first.config.command, std::vector<std::string>{"/bin/true"});
        const std::vector<std::pair<const char*, std::string>> sources{{"M", "m:other"},
                                                                       {"o.tar", "team/app:3"},
                                                                       {"o.tar.zst", "team/app:3"},
                                                                       {"d.tar", "localhost/app:4"},
                                                                       {"d.tar.gz", "localhost/app:4"}};
        for (const auto& [file, name] : sources) {
            const Image image = unpacked(here_ / file);
            QCOMPARE(image.name, name);
            QCOMPARE(image.config.diff_ids, first.config.diff_ids);
            QCOMPARE(image.config.user, std::string("5:6"));
        }
        // And the store itself is a layout that others read.
        QVERIFY(sh("skopeo inspect 'oci:" + base + "/images:team/app:3'").find("Digest") != std::string::npos);
    }
    void podman_saves_are_read() {
        const std::string base = here_.string();
        const std::string podman = "podman --root " + base + "/p --runroot " + base + "/r --tmpdir " + base +
                                   "/t --cgroup-manager=cgroupfs --events-backend=file --storage-driver vfs ";
        sh("cd '" + base + "'; mkdir -p rootfs/bin; cp /bin/true rootfs/bin/; tar -C rootfs -c . | " + podman +
           "import --change CMD=/bin/true - localhost/bb:1 2>&1; " + podman +
           "save --format oci-archive -o po.tar localhost/bb:1 2>&1; " + podman +
           "save --format docker-archive -o pd.tar localhost/bb:1 2>&1; " + podman +
           "rmi -a -f 2>&1; umount p/vfs 2>/dev/null || true");
        const Image oci = unpacked(here_ / "po.tar");
        const Image docker = unpacked(here_ / "pd.tar");
        QCOMPARE(oci.name, std::string("localhost/bb:1"));
        QCOMPARE(docker.name, std::string("localhost/bb:1"));
        QCOMPARE(oci.config.diff_ids, docker.config.diff_ids);
        QCOMPARE(layers_->read(docker, "/bin/true", 1U << 22U).value(), read_file("/bin/true").value());
    }
    void other_users_are_kept_out() {
        image_of({TarBuilder().file("su", "x", {04755, 0, 0, 1, {}}).finish()});
        for (const fs::path& folder : {layers_->folder(), images_->folder()}) {
            QCOMPARE(fs::status(folder).permissions(), fs::perms::owner_all);
            fs::permissions(folder, fs::perms(0755));
        }
        QVERIFY(LayerStore::open(layers_->folder()) && ImageStore::open(images_->folder()));
        for (const fs::path& folder : {layers_->folder(), images_->folder()})
            QCOMPARE(fs::status(folder).permissions(), fs::perms::owner_all);
    }
    void opaque_root_hides_all_layers_below() {
        const Image image = image_of({TarBuilder().file("old", "1").finish(),
                                      TarBuilder().file("new", "2").file(".wh..wh..opq", "").finish(),
                                      TarBuilder().file("top", "3").finish()});
        QCOMPARE(layers_->lowers(image).size(), std::size_t{2});
        QVERIFY(!layers_->read(image, "old"));
        QCOMPARE(layers_->read(image, "new").value(), std::string("2"));
    }
    void a_layer_that_occurs_twice_has_a_directory_for_each_place() {
        const std::string empty = TarBuilder().directory(".").finish();
        const Image image = image_of({empty, TarBuilder().file("a", "1").finish(), empty});
        const auto lowers = layers_->lowers(image); // overlayfs refuses a directory that is given twice
        QCOMPARE(std::set<fs::path>(lowers.begin(), lowers.end()).size(), std::size_t{3});
    }
    void a_layer_looks_as_the_layers_below_it_ask() {
        const std::string shared = TarBuilder().file("data/file", "1").finish();
        const Image closed = image_of({TarBuilder().directory("data", {0700, 5, 6, 1, {}}).finish(), shared});
        const Image open = image_of({TarBuilder().directory("data", {0777, 0, 0, 1, {}}).finish(), shared});
        struct stat status {};
        QVERIFY(::stat((layers_->lowers(closed).front() / "data").c_str(), &status) == 0);
        QCOMPARE(status.st_mode & 07777U, 0700U);
        QCOMPARE(status.st_uid, 5U);
        QVERIFY(::stat((layers_->lowers(open).front() / "data").c_str(), &status) == 0);
        QCOMPARE(status.st_mode & 07777U, 0777U);
        QCOMPARE(status.st_uid, 0U);
    }
    void layers_are_kept_by_their_chain() {
        // ChainID(L0) = DiffID(L0), ChainID(L0|L1) = SHA256(ChainID(L0) + " " + DiffID(L1))
        const std::string lower = TarBuilder().file("a", "1").finish();
        const std::string upper = TarBuilder().file("b", "2").finish();
        const auto lowers = layers_->lowers(image_of({lower, upper}));
        QCOMPARE(lowers.back().filename().string(), "chain-sha256-" + Digest::of(lower).hex());
        QCOMPARE(lowers.front().filename().string(),
                 "chain-sha256-" + Digest::of(Digest::of(lower).text() + " " + Digest::of(upper).text()).hex());
    }
    void reading_follows_links_inside_the_image() {
        const Image image = image_of(
            {TarBuilder().file("usr/lib/passwd", "root").file("usr/lib/gone", "x").symlink("etc", "usr/lib").finish(),
             TarBuilder()
                 .symlink("abs", "/etc/passwd")
                 .symlink("up", "../../../etc/../lib/passwd")
                 .symlink("loop", "loop")
                 .file("usr/lib/.wh.gone", "")
                 .finish()});
        for (const char* path : {"/etc/passwd", "etc/passwd", "abs", "/up", "usr/../abs"}) {
            const auto content = layers_->read(image, path);
            QVERIFY2(content && *content == "root", content ? path : content.error().message().c_str());
        }
        QVERIFY(layers_->read(image, "/usr/lib/gone").error().kind == ErrorKind::not_found);
        QVERIFY(layers_->read(image, "/loop").error().kind == ErrorKind::corrupt);
        QVERIFY(layers_->read(image, "/etc").error().kind == ErrorKind::invalid_argument);
        QVERIFY(layers_->read(image, "/etc/passwd", 3).error().kind == ErrorKind::corrupt);
    }
    void wrong_diff_id_leaves_nothing() {
        const LayoutBuilder layout(here_ / "lay");
        const std::string layer = TarBuilder().file("a", "1").finish();
        const Json manifest{
            {"schemaVersion", 2},
            {"config", layout.blob("application/vnd.oci.image.config.v1+json", layout.config({"else"}))},
            {"layers", {layout.blob("application/vnd.oci.image.layer.v1.tar", layer)}}};
        layout.index(Json::array({layout.blob("application/vnd.oci.image.manifest.v1+json", manifest.dump())}));
        const auto image = images_->import(here_ / "lay", std::nullopt, silent_, {});
        QVERIFY(image);
        const std::string before = sh("ls -A '" + layers_->folder().string() + "'");
        const auto done = layers_->ensure(*images_, *image, silent_, {});
        QVERIFY(!done && done.error().kind == ErrorKind::corrupt);
        StopSource stop;
        stop.request_stop();
        QVERIFY(layers_->ensure(*images_, *image, silent_, stop.token()).error().kind == ErrorKind::cancelled);
        QCOMPARE(sh("ls -A '" + layers_->folder().string() + "'"), before);
        fs::create_directories(layers_->folder() / ".work-1-dead/tree");
        QVERIFY(LayerStore::open(layers_->folder()));
        QCOMPARE(sh("ls -A '" + layers_->folder().string() + "'"), before);
    }
    void disk_use_adds_up() {
        const Image image =
            image_of({TarBuilder().file("big", std::string(1'000'000, 'b')).file("hidden", "12345").finish(),
                      TarBuilder().file(".wh.hidden", "").file("small", "123").finish()});
        const auto overlay = make_snapshotter(*layers_, "overlay");
        VERIFY_OK(overlay);
        const auto snapshot = (*overlay)->prepare(image, here_ / "snap", {});
        QVERIFY(snapshot && !snapshot->user_attributes);
        auto disk = (*overlay)->disk(*snapshot);
        QVERIFY(disk);
        QCOMPARE(disk->logical, std::uint64_t{1'000'003});
        QCOMPARE(disk->shared + disk->unique, disk->allocated);
        QVERIFY(disk->shared > 1'000'000 && disk->unique < 10'000);
        std::ofstream(snapshot->upper / "big") << std::string(50'000, 'n');
        disk = (*overlay)->disk(*snapshot);
        QCOMPARE(disk->logical, std::uint64_t{50'003});
        QVERIFY(disk->unique > 50'000);
        QVERIFY(!(*overlay)->prepare(image, here_ / "snap", {}));
        QVERIFY((*overlay)->remove(*snapshot) && !fs::exists(here_ / "snap"));

        const auto copier = make_snapshotter(*layers_, "copy");
        const auto copy = (*copier)->prepare(image, here_ / "copy", {});
        QVERIFY(copy && copy->lowers.empty());
        const auto own = (*copier)->disk(*copy);
        QCOMPARE(own->logical, std::uint64_t{1'000'003});
        QCOMPARE(own->unique, own->allocated);
    }
    void names_with_signs_of_mount_options_do_no_harm() {
        const auto store = LayerStore::open(here_ / "a,b:c\\d");
        QVERIFY(store);
        const auto usable = probe_overlay(store->folder());
        VERIFY_OK(usable);
    }
    void the_reason_for_copies_is_told() {
        QCOMPARE(make_snapshotter(*layers_, "overlay").value()->reason(), std::string());
        QCOMPARE(make_snapshotter(*layers_, "copy").value()->reason(), std::string("asked for"));
        fs::path deep = here_; // three such names are more than mount(2) takes
        for (int i = 0; i < 10; ++i)
            deep /= std::string(200, 'x');
        const auto store = LayerStore::open(deep);
        VERIFY_OK(store);
        const auto snapshotter = make_snapshotter(*store).value();
        QCOMPARE(snapshotter->id(), std::string("copy"));
        QVERIFY2(snapshotter->reason().find("overlay") != std::string::npos, snapshotter->reason().c_str());
    }
    void unused_layers_are_removed_unless_held() {
        const std::string shared = TarBuilder().file("a", "1").finish();
        const Image kept = image_of({shared});
        const Image forgotten = image_of({shared, TarBuilder().file("b", "2").finish()});
        const Image running = image_of({shared, TarBuilder().file("c", "3").finish()});
        const auto names = [this] { return sh("ls '" + layers_->folder().string() + "' | grep -v format"); };
        fs::create_directory(layers_->folder() / ("sha256-" + std::string(64, 'a')));
        {
            const auto overlay = make_snapshotter(*layers_, "overlay");
            const auto snapshot = (*overlay)->prepare(running, here_ / "snap", {});
            QVERIFY(snapshot);
            QVERIFY(layers_->remove_unused({kept}));
            QVERIFY(fs::exists(layers_->lowers(running).front()));
            QVERIFY(!fs::exists(layers_->lowers(forgotten).front()));
            QVERIFY((*overlay)->prepare(forgotten, here_ / "none", {}).error().kind == ErrorKind::not_found);
        }
        QVERIFY(layers_->remove_unused({kept}));
        QCOMPARE(names(), layers_->lowers(kept).front().filename().string() + "\n");
        QCOMPARE(sh("find '" + layers_->folder().string() + "' -maxdepth 1 -name '.work*'"), std::string());
        QVERIFY(layers_->ensure(*images_, forgotten, silent_, {}));
        QCOMPARE(layers_->read(forgotten, "b").value(), std::string("2"));
    }
    /// Beside somebody who removes all that nobody holds.
    void what_was_unpacked_is_held() {
        const Image image = image_of({TarBuilder().file("a", "1").finish(), TarBuilder().file("b", "2").finish(),
                                      TarBuilder().file("c", "3").finish()});
        const auto overlay = make_snapshotter(*layers_, "overlay");
        VERIFY_OK(overlay);
        std::atomic<bool> over = false;
        std::thread remover([&] {
            while (!over)
                (void)layers_->remove_unused({});
        });
        for (int i = 0; i < 100; ++i) {
            const auto hold = layers_->ensure(*images_, image, silent_, {});
            const auto snapshot = hold ? (*overlay)->prepare(image, here_ / "held", {}) : fail(hold.error());
            if (snapshot && (*overlay)->remove(*snapshot))
                continue;
            over = true;
            remover.join();
            QFAIL(snapshot ? "the snapshot could not be removed" : snapshot.error().message().c_str());
        }
        over = true;
        remover.join();
        QVERIFY(!layers_->hold(image) || layers_->remove_unused({}));
    }
    void deep_folders_of_a_container_are_measured() {
        const Image image = image_of({TarBuilder().file("d/d/d/kept", "12345").finish()});
        const auto overlay = make_snapshotter(*layers_, "overlay");
        QVERIFY(overlay);
        const auto snapshot = (*overlay)->prepare(image, here_ / "snap", {});
        QVERIFY(snapshot);
        UniqueFd here(::open(snapshot->upper.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        for (int level = 0; level < 1100; ++level) {
            QVERIFY(::mkdirat(here.get(), "d", 0755) == 0);
            here.reset(::openat(here.get(), "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
            QVERIFY(UniqueFd(::openat(here.get(), "z", O_WRONLY | O_CREAT | O_CLOEXEC, 0600)));
        }
        rlimit former{};
        ::getrlimit(RLIMIT_NOFILE, &former);
        const rlimit few{100, former.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &few);
        const auto disk = (*overlay)->disk(*snapshot);
        std::size_t visited = 0;
        std::size_t left = 0;
        const auto merged = MergedDirectory::open({snapshot->upper, snapshot->lowers.front()});
        const auto inside = [](const MergedDirectory::Entry& entry) {
            struct stat status {};
            return ::fstatat(entry.directory, entry.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                           status.st_ino == entry.status.st_ino
                       ? Result<void>{}
                       : fail(ErrorKind::system, "find", entry.name, "its directory is another one");
        };
        const auto walked = walk_merged(
            *merged,
            [&](const std::string&, const MergedDirectory::Entry& entry) {
                ++visited;
                return inside(entry);
            },
            [&](const std::string&, const MergedDirectory::Entry& entry) {
                ++left;
                return inside(entry);
            },
            {});
        const auto removed = (*overlay)->remove(*snapshot);
        ::setrlimit(RLIMIT_NOFILE, &former);
        QVERIFY2(disk, disk ? "" : disk.error().message().substr(0, 200).c_str());
        QCOMPARE(disk->logical, std::uint64_t{5});
        VERIFY_OK(walked);
        QCOMPARE(left, std::size_t{1100});
        QCOMPARE(visited, std::size_t{2 * 1100 + 1});
        QVERIFY(removed && !fs::exists(here_ / "snap"));
    }
    void overlay_is_found_usable_without_a_trace() {
        const std::string folder = layers_->folder().string();
        const std::string look =
            "sed -n '\\|" + folder + "|p' /proc/mounts; ls -A '" + folder + "'"; // others mount, too
        const std::string before = sh(look);
        QVERIFY(probe_overlay(layers_->folder()));
        QCOMPARE(make_snapshotter(*layers_).value()->id(), std::string("overlay"));
        QVERIFY(make_snapshotter(*layers_, "zfs").error().kind == ErrorKind::invalid_argument);
        QCOMPARE(sh(look), before);
    }
    void failed_tree_leaves_nothing() {
        const Image image = image_of({TarBuilder().file("a/b", "1").finish()});
        StopSource stop;
        stop.request_stop();
        QVERIFY(layers_->build_tree(image, here_ / "t", silent_, stop.token()).error().kind == ErrorKind::cancelled);
        QVERIFY(!fs::exists(here_ / "t"));
        fs::create_directories(here_ / "taken/keep");
        QVERIFY(layers_->build_tree(image, here_ / "taken", silent_, {}).error().kind == ErrorKind::already_exists);
        QVERIFY(fs::exists(here_ / "taken/keep"));
    }
};

ISOLAB_TEST(LayerStoreTest)
#include "layer_store_test.moc"
