// SPDX-License-Identifier: GPL-3.0-or-later
#include <filesystem>
#include <fstream>

#include <QtTest>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/rootfs/snapshot_commit.h"
#include "engine/rootfs/tree_changes.h"
#include "tests/support/layout_builder.h"
#include "tests/support/snapshot_writes.h"
#include "tests/support/tar_builder.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

namespace {

std::string listing(const Result<std::vector<TreeChange>>& changes) {
    if (!changes)
        return changes.error().message();
    std::string text;
    for (const TreeChange& change : *changes)
        text += change.path + "\n";
    return text;
}

} // namespace

class CommitTest : public QObject {
    Q_OBJECT
    std::optional<TemporaryTree> scratch_;
    fs::path here_;
    NoProgress silent_;
    std::optional<ImageStore> images_;
    std::optional<LayerStore> layers_;

    Image base_image() {
        LayoutBuilder(here_ / "lay")
            .build({TarBuilder()
                        .directory(".", {0755, 0, 0, 1, {}})
                        .directory("etc")
                        .file("etc/passwd", "root")
                        .file("etc/gone", "g")
                        .directory("opt")
                        .file("opt/old", "o")
                        .directory("usr")
                        .file("usr/kept", "k")
                        .file("kind", "k")
                        .finish()},
                   "1");
        const auto image = images_->import(here_ / "lay", "base", silent_, {});
        if (!layers_->ensure(*images_, image.value(), silent_, {}))
            qFatal("layers");
        return *image;
    }
    Snapshot container(const Image& image, const std::string& kind, const std::string& script) {
        const auto maker = make_snapshotter(*layers_, kind).value();
        auto snapshot = maker->prepare(image, here_ / "snap", {}).value();
        if (const auto done = write_in(snapshot, script); !done)
            qFatal("%s", done.error().message().c_str());
        return snapshot;
    }
    Result<Image> commit(const Image& parent, const Snapshot& snapshot, const CommitOptions& options = {},
                         const IdMaps& ids = {}) {
        return commit_snapshot(*images_, *layers_, parent, snapshot, ids, options, silent_, {});
    }
    /// The document of an image's configuration.
    Json config_of(const Image& image) {
        const Json manifest = parse_json(*read_file(images_->blob_path(image.digest)), "manifest").value();
        const auto digest = Digest::parse(manifest["config"]["digest"].get<std::string>());
        return parse_json(*read_file(images_->blob_path(*digest)), "config").value();
    }
    std::string tar_listing(const Image& image) {
        return run_checked({"tar", "-tvf", images_->blob_path(image.layers.back().digest).string(), "--numeric-owner",
                            "--full-time", "--utc"})
            .value();
    }

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("overlayfs is mounted as root here");
    }
    void init() {
        scratch_.emplace(*make_temporary_directory(fs::temp_directory_path(), "isolab-commit-"));
        here_ = scratch_->path();
        images_.emplace(ImageStore::open(here_ / "images").value());
        layers_.emplace(LayerStore::open(here_ / "layers").value());
    }

    void the_image_has_the_containers_files_data() {
        QTest::addColumn<std::string>("kind");
        QTest::addColumn<int>("compression");
        QTest::newRow("overlay, gzip") << std::string("overlay") << int(Compression::gzip);
        QTest::newRow("overlay, zstd") << std::string("overlay") << int(Compression::zstd);
        QTest::newRow("copy, plain") << std::string("copy") << int(Compression::none);
    }
    void the_image_has_the_containers_files() {
        QFETCH(std::string, kind);
        QFETCH(int, compression);
        const Image base = base_image();
        const Snapshot snapshot = container(
            base, kind,
            "echo more >> etc/passwd; rm etc/gone; rm -r opt; mkdir opt; echo n > opt/new; rm kind; mkdir kind\n"
            "mkdir -p new/deep; echo x > new/deep/one; ln new/deep/one new/two; mknod new/null c 1 3; mkfifo new/pipe\n"
            "ln -s /etc/passwd new/link; chmod 4711 new/two; chown 7:8 new/deep; setfattr -n user.a -v b new/deep/one\n"
            "truncate -s 64M new/sparse; printf end >> new/sparse; truncate -s 8M new/hole; chmod 711 .\n"
            "python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"new/sock\")'\n"
            "echo b > \"$(printf 'new/\\303\\244 \\377')\"; chown 3:4 new/link; touch -d @1600000000.123456789 "
            "new/hole");
        CommitOptions options;
        options.name = "made";
        options.compression = static_cast<Compression>(compression);
        const auto made = commit(base, snapshot, options);
        VERIFY_OK(made);
        QCOMPARE(made->name, std::string("made:latest"));
        QCOMPARE(made->layers.size(), base.layers.size() + 1);
        QCOMPARE(images_->find("made")->digest, made->digest);
        const auto unpacked = layers_->ensure(*images_, *made, silent_, {});
        VERIFY_OK(unpacked);
        const auto container_view = TreeView::of_snapshot(*layers_, base, snapshot).value();
        const auto image_view = TreeView::of_image(*layers_, *made).value();
        QCOMPARE(QString::fromStdString(listing(tree_changes(container_view, image_view, {}, {}))),
                 QString("/new\n/new/sock\n"));
        QVERIFY(layers_->build_tree(*made, here_ / "tree", silent_, {}));
        struct stat one {};
        struct stat two {};
        QVERIFY(::stat((here_ / "tree/new/deep/one").c_str(), &one) == 0);
        QVERIFY(::stat((here_ / "tree/new/two").c_str(), &two) == 0 && one.st_ino == two.st_ino);
        struct stat hole {};
        QVERIFY(::stat((here_ / "tree/new/sparse").c_str(), &hole) == 0);
        QVERIFY(hole.st_size == (64 << 20) + 3 && hole.st_blocks < 1000);
        QVERIFY(::stat((here_ / "tree").c_str(), &one) == 0 && (one.st_mode & 07777U) == 0711U);
        QVERIFY(!fs::exists(here_ / "tree/opt/old") && !fs::exists(here_ / "tree/etc/gone"));
    }
    void the_layer_is_always_the_same_and_minimal() {
        const Image base = base_image();
        const Snapshot snapshot =
            container(base, "overlay",
                      "rm etc/gone; rm -r opt; mkdir opt; echo n > opt/new; touch -d @5 opt/new opt etc usr/kept");
        const auto one = commit(base, snapshot);
        const auto two = commit(base, snapshot);
        QVERIFY2(one && two, one ? "" : one.error().message().c_str());
        QCOMPARE(one->layers.back().digest, two->layers.back().digest);
        QCOMPARE(QString::fromStdString(tar_listing(*one)).remove(QRegularExpression("[^\n]* (?=[a-z])")),
                 QString("etc/\netc/.wh.gone\nopt/\nopt/.wh..wh..opq\nopt/new\nusr/\nusr/kept\n"));
        QCOMPARE(one->name, std::string());
        QCOMPARE(images_->find(one->digest.text())->digest, one->digest);
    }
    void other_tools_read_it() {
        const Image base = base_image();
        const Snapshot snapshot = container(base, "overlay", "echo x > \"$(printf '\\303\\244')\"; rm etc/gone");
        CommitOptions options{.name = "made", .author = "A <a@b>", .changes = {"CMD [\"x\"]", "USER 0"}};
        const auto made = commit(base, snapshot, options);
        VERIFY_OK(made);
        const auto copied =
            run_checked({"skopeo", "--insecure-policy", "copy", "oci:" + (here_ / "images").string() + ":made:latest",
                         "oci:" + (here_ / "copy").string() + ":made"});
        VERIFY_OK(copied);
        const auto told = run_checked({"skopeo", "inspect", "--config", "oci:" + (here_ / "copy").string() + ":made"});
        VERIFY_OK(told);
        QCOMPARE(parse_json(*told, "config")->at("config").at("Cmd").dump(), std::string("[\"x\"]"));
        const auto unpacked = run_checked(
            {"umoci", "unpack", "--image", (here_ / "copy").string() + ":made", (here_ / "bundle").string()});
        VERIFY_OK(unpacked);
        QVERIFY(fs::exists(here_ / "bundle/rootfs/\xc3\xa4") && !fs::exists(here_ / "bundle/rootfs/etc/gone"));
        QVERIFY(fs::exists(here_ / "bundle/rootfs/etc/passwd"));
    }
    void the_configuration_is_the_parents_with_the_changes() {
        const Image base = base_image();
        CommitOptions options;
        options.author = "Someone <s@example.org>";
        options.message = "why";
        options.created = Nanoseconds(1'600'000'000'000'000'005);
        options.changes = {"ENTRYPOINT [\"/bin/tool\", \"-x\"]",
                           "env A=1 B=\"two words\" C=$A",
                           "ENV D ${B} end",
                           "LABEL org.x='a b' e=",
                           "USER 5:6",
                           "WORKDIR /srv",
                           "WORKDIR ../opt/./x/",
                           "EXPOSE 80 53/udp 8000-8001",
                           "VOLUME /data \"/more data\"",
                           "STOPSIGNAL SIGINT"};
        const auto made = commit(base, container(base, "overlay", "echo > etc/new"), options);
        VERIFY_OK(made);
        const Json config = config_of(*made);
        const Json before = config_of(base);
        QCOMPARE(config["created"].get<std::string>(), std::string("2020-09-13T12:26:40.000000005Z"));
        QCOMPARE(config["author"].get<std::string>(), options.author);
        QCOMPARE(config["history"].dump(),
                 std::string("[{\"created_by\":\"imported\"},{\"created\":\"2020-09-13T12:26:40.000000005Z\","
                             "\"created_by\":\"isolab commit\",\"author\":\"Someone <s@example.org>\","
                             "\"comment\":\"why\"}]"));
        const Json& process = config["config"];
        QCOMPARE(process["Entrypoint"].dump(), std::string("[\"/bin/tool\",\"-x\"]"));
        QVERIFY(!process.contains("Cmd") || !before["config"].contains("Cmd"));
        const auto env = process["Env"].get<std::vector<std::string>>();
        for (const char* variable : {"A=1", "B=two words", "C=", "D=${B} end"})
            QVERIFY2(std::ranges::find(env, variable) != env.end(), process["Env"].dump().c_str());
        QCOMPARE(process["Labels"].dump(), std::string("{\"org.x\":\"a b\",\"e\":\"\"}"));
        QCOMPARE(process["ExposedPorts"].dump(),
                 std::string("{\"80/tcp\":{},\"53/udp\":{},\"8000/tcp\":{},\"8001/tcp\":{}}"));
        QCOMPARE(process["Volumes"].dump(), std::string("{\"/data\":{},\"/more data\":{}}"));
        QCOMPARE(made->config.working_directory, std::string("/opt/x"));
        QCOMPARE(made->config.user, std::string("5:6"));
        QCOMPARE(made->config.stop_signal, std::string("SIGINT"));
    }
    void without_changes_there_is_no_new_layer() {
        const Image base = base_image();
        const auto made = commit(base, container(base, "overlay", "true"), {.name = "same"});
        QVERIFY(made && made->layers.size() == base.layers.size() && made->digest != base.digest);
        QVERIFY(config_of(*made)["history"].back()["empty_layer"].get<bool>());
    }
    void ids_of_a_user_namespace_are_mapped_back() {
        const Image base = base_image();
        const Snapshot snapshot = container(base, "overlay", "echo > etc/new; chown 100005:200006 etc/new");
        const auto made = commit(base, snapshot, {}, {{{0, 100000, 65536}}, {{0, 200000, 65536}}});
        QVERIFY(made);
        QVERIFY2(tar_listing(*made).find(" 5/6 ") != std::string::npos, tar_listing(*made).c_str());
    }
    void what_cannot_be_committed_leaves_the_store_as_it_was_data() {
        QTest::addColumn<std::string>("script");
        QTest::addColumn<std::string>("change");
        QTest::addColumn<std::string>("mention");
        const auto row = [](const char* script, const char* change, const char* mention) {
            QTest::newRow(mention) << std::string(script) << std::string(change) << std::string(mention);
        };
        row("echo > etc/.wh.passwd", "", "/etc/.wh.passwd");
        row("for i in $(seq 260); do mkdir d; cd d; done", "", "too deep");
        row("echo > etc/new", "FROM x", "FROM x");
        row("echo > etc/new", "EXPOSE 99999", "99999");
        row("echo > etc/new", "STOPSIGNAL nothing", "no signal");
        row("echo > etc/new", "ENV =x", "NAME=value");
        row("echo > etc/new", "LABEL a=\"b", "not closed");
    }
    void what_cannot_be_committed_leaves_the_store_as_it_was() {
        QFETCH(std::string, script);
        QFETCH(std::string, change);
        QFETCH(std::string, mention);
        const Image base = base_image();
        const Snapshot snapshot = container(base, "overlay", script);
        const auto files = [this] { return *run_checked({"find", (here_ / "images").string()}); };
        const std::string before = files();
        CommitOptions options{.name = "made"};
        if (!change.empty())
            options.changes = {change};
        const auto made = commit(base, snapshot, options);
        QVERIFY(!made);
        QVERIFY2(made.error().message().find(mention) != std::string::npos, made.error().message().c_str());
        QCOMPARE(files(), before);
    }
    void a_stop_leaves_nothing() {
        const Image base = base_image();
        const Snapshot snapshot = container(base, "overlay", "echo > etc/new");
        StopSource stop;
        stop.request_stop();
        const auto made = commit_snapshot(*images_, *layers_, base, snapshot, {}, {}, silent_, stop.token());
        QVERIFY(!made && made.error().kind == ErrorKind::cancelled);
        QCOMPARE(images_->list()->size(), 1U);
    }
};

ISOLAB_TEST(CommitTest)
#include "commit_test.moc"
