// SPDX-License-Identifier: GPL-3.0-or-later
#include <filesystem>
#include <fstream>
#include <optional>

#include <QtTest>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/subprocess.h"
#include "engine/image/blob_stage.h"
#include "engine/image/image_import.h"
#include "engine/image/image_store.h"
#include "tests/support/layout_builder.h"
#include "tests/support/tar_builder.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& file, const std::string& content) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
}

std::string sh(const std::string& script) {
    const auto output = run_checked({"sh", "-ec", script});
    if (!output)
        qFatal("%s", output.error().message().c_str());
    return *output;
}

class EndlessSource final : public ByteSource {
  public:
    Result<std::string_view> next() override { return std::string_view(label_); }
    const std::string& label() const noexcept override { return label_; }

  private:
    std::string label_ = "endless";
};

std::string layer_one() {
    return TarBuilder().directory("etc").file("etc/name", "one").file("bin/sh", std::string(200'000, 's')).finish();
}
std::string layer_two() { return TarBuilder().file("etc/.wh.name", "").file("etc/other", "two").finish(); }

} // namespace

class ImportTest : public QObject {
    Q_OBJECT
    std::optional<TemporaryTree> scratch_;
    fs::path here_;
    std::optional<ImageStore> store_;
    NoProgress silent_;

    Result<Image> import(const fs::path& source, const std::optional<std::string>& name = std::nullopt) {
        return store_->import(source, name, silent_, {});
    }
    std::string stored() const { return sh("cd '" + store_->folder().string() + "' && find . -type f | sort"); }

    /// The import fails with that kind and words, and the store is as it was.
    void refuse(const fs::path& source, ErrorKind kind, const char* mention,
                const std::optional<std::string>& name = std::nullopt) {
        const std::string before = stored();
        const auto image = import(source, name);
        QVERIFY2(!image, mention);
        QVERIFY2(image.error().message().find(mention) != std::string::npos, image.error().message().c_str());
        QVERIFY2(image.error().kind == kind, image.error().message().c_str());
        QCOMPARE(stored(), before);
    }

  private slots:
    void init() {
        scratch_.emplace(*make_temporary_directory(fs::temp_directory_path(), "isolab-import-"));
        here_ = scratch_->path();
        store_ = *ImageStore::open(here_ / "store");
    }

    void layout_folder_and_archive_give_the_same_image() {
        LayoutBuilder(here_ / "lay").build({layer_one(), layer_two()}, "1.0");
        const auto folder = import(here_ / "lay");
        VERIFY_OK(folder);
        QCOMPARE(folder->name, std::string("lay:1.0"));
        QCOMPARE(folder->layers.size(), std::size_t{2});
        QCOMPARE(folder->config.user, std::string("app"));
        QCOMPARE(folder->config.command, std::vector<std::string>{"/bin/sh"});
        QCOMPARE(folder->config.working_directory, std::string("/work"));
        QCOMPARE(folder->size, layer_one().size() + layer_two().size());
        for (const char* pack : {"cat", "gzip", "zstd", "xz", "bzip2"}) {
            sh("tar -C '" + (here_ / "lay").string() + "' -c . | " + pack + " > '" + (here_ / "a.tar").string() + "'");
            const auto archive = import(here_ / "a.tar", std::string("docker.io/library/app"));
            VERIFY_OK(archive);
            QCOMPARE(archive->name, std::string("app:latest"));
            QCOMPARE(archive->digest, folder->digest);
        }
        QCOMPARE(store_->list()->size(), std::size_t{2});
        QCOMPARE(read_file(store_->blob_path(folder->layers[0].digest)).value(), layer_one());
    }
    void old_docker_archive() {
        const std::string config = LayoutBuilder(here_ / "unused").config({layer_one(), layer_two(), layer_one()});
        const std::string hex = Digest::of(config).hex();
        const std::string id_one(64, '1');
        const std::string id_two(64, '2');
        const std::string id_three(64, '3');
        const Json manifest =
            Json::array({{{"Config", hex + ".json"},
                          {"RepoTags", {"team/app:7"}},
                          {"Layers", {id_one + "/layer.tar", id_two + "/layer.tar", id_three + "/layer.tar"}}}});
        TarBuilder archive;
        archive.directory(id_one + "/").file(id_one + "/VERSION", "1.0").file(id_one + "/layer.tar", layer_one());
        archive.file(id_two + "/layer.tar", layer_two())
            .symlink(id_three + "/layer.tar", "../" + id_one + "/layer.tar");
        const std::string start = archive.unfinished();
        write(here_ / "d.tar", archive.file(hex + ".json", config).file("manifest.json", manifest.dump()).finish());
        const auto image = import(here_ / "d.tar");
        VERIFY_OK(image);
        QCOMPARE(image->name, std::string("team/app:7"));
        QCOMPARE(image->layers.size(), std::size_t{3});
        QCOMPARE(image->layers[2].digest, Digest::of(layer_one()));

        write(
            here_ / "wrong.tar",
            TarBuilder().raw(start).file(hex + ".json", config + " ").file("manifest.json", manifest.dump()).finish());
        refuse(here_ / "wrong.tar", ErrorKind::corrupt, "has the digest");
        write(here_ / "less.tar",
              TarBuilder().file(hex + ".json", config).file("manifest.json", manifest.dump()).finish());
        refuse(here_ / "less.tar", ErrorKind::corrupt, "layer.tar\" is missing");
    }
    void plain_tar_becomes_an_image_of_one_layer() {
        for (const char* pack : {"cat", "gzip", "zstd", "xz", "bzip2"}) {
            write(here_ / "root.tar", layer_one());
            const fs::path file = here_ / "My Root.tar.x";
            sh(std::string(pack) + " < '" + (here_ / "root.tar").string() + "' > '" + file.string() + "'");
            const auto image = import(file);
            VERIFY_OK(image);
            QCOMPARE(image->name, std::string("my-root:latest"));
            QCOMPARE(image->config.diff_ids.at(0), Digest::of(layer_one()));
            QCOMPARE(image->config.command, std::vector<std::string>{"/bin/sh"});
            QVERIFY(image->config.env.at(0).starts_with("PATH="));
        }
    }
    void names_digests_and_prefixes_are_found() {
        LayoutBuilder(here_ / "lay").build({layer_one()}, "1");
        const auto image = import(here_ / "lay", "redis");
        QVERIFY(image);
        QVERIFY(store_->find("redis") && store_->find("docker.io/library/redis:latest"));
        QVERIFY(store_->find(image->digest.text()) && store_->find(image->digest.short_hex()));
        QVERIFY(store_->find(image->digest.text().substr(0, 13)));
        QVERIFY(!store_->find(image->digest.hex().substr(0, 5)));
        const auto none = store_->find("postgres");
        QVERIFY(!none && none.error().kind == ErrorKind::not_found);
        QVERIFY(none.error().message().find("redis:latest") != std::string::npos);
    }
    void removing_frees_what_nobody_uses() {
        LayoutBuilder(here_ / "a").build({layer_one(), layer_two()}, "1");
        LayoutBuilder(here_ / "b").build({layer_one()}, "1");
        const std::string empty = stored();
        const auto first = import(here_ / "a");
        const auto second = import(here_ / "b");
        QVERIFY(first && second);
        QVERIFY(store_->remove("a:1"));
        QVERIFY(!fs::exists(store_->blob_path(first->layers[1].digest)));
        QVERIFY(fs::exists(store_->blob_path(second->layers[0].digest)));
        QVERIFY(store_->remove(second->digest.short_hex()));
        QCOMPARE(stored(), empty);
        QVERIFY(store_->remove("a:1").error().kind == ErrorKind::not_found);
    }
    void platform_is_chosen_through_nested_indexes() {
        const LayoutBuilder layout(here_ / "multi");
        Json wrong = layout.blob("application/vnd.oci.image.manifest.v1+json", "{}");
        wrong["platform"] = {{"os", "linux"}, {"architecture", "s390x"}};
        Json right = layout.image({layer_one()});
        right["platform"] = {{"os", "linux"}, {"architecture", "amd64"}};
        Json attestation = layout.blob("application/vnd.oci.image.manifest.v1+json", "{\"a\":1}");
        attestation["annotations"] = {{"vnd.docker.reference.type", "attestation-manifest"}};
        const Json inner{{"schemaVersion", 2}, {"manifests", {attestation, wrong, right}}};
        Json entry = layout.blob("application/vnd.docker.distribution.manifest.list.v2+json", inner.dump());
        layout.index(Json::array({entry}));
        const auto image = import(here_ / "multi");
        VERIFY_OK(image);
        QCOMPARE(image->digest.text(), right["digest"].get<std::string>());
        layout.index(Json::array({wrong}));
        refuse(here_ / "multi", ErrorKind::unsupported, "linux/s390x");
    }
    void several_images_need_a_name() {
        const LayoutBuilder layout(here_ / "two");
        Json one = layout.image({layer_one()});
        one["annotations"] = {{"org.opencontainers.image.ref.name", "first"}};
        Json two = layout.image({layer_two()});
        two["annotations"] = {{"org.opencontainers.image.ref.name", "second"}};
        layout.index(Json::array({one, two}));
        refuse(here_ / "two", ErrorKind::invalid_argument, "first, second");
        const auto chosen = import(here_ / "two", "two:second");
        VERIFY_OK(chosen);
        QCOMPARE(chosen->digest.text(), two["digest"].get<std::string>());
    }
    void false_documents_are_refused() {
        const LayoutBuilder layout(here_ / "bad");
        const auto manifest = [&](const Json& document) {
            layout.index(Json::array({layout.blob("application/vnd.oci.image.manifest.v1+json", document.dump())}));
        };
        const Json config = layout.blob("application/vnd.oci.image.config.v1+json", layout.config({layer_one()}));
        const Json layer = layout.blob("application/vnd.oci.image.layer.v1.tar", layer_one());
        const Json good{{"schemaVersion", 2}, {"config", config}, {"layers", {layer}}};
        Json both = good;
        both["manifests"] = Json::array();
        manifest(both);
        refuse(here_ / "bad", ErrorKind::corrupt, "at once");
        Json foreign = good;
        foreign["layers"][0]["mediaType"] = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
        manifest(foreign);
        refuse(here_ / "bad", ErrorKind::unsupported, "foreign");
        Json confused = good;
        confused["mediaType"] = "application/vnd.oci.image.index.v1+json";
        manifest(confused);
        refuse(here_ / "bad", ErrorKind::corrupt, "mediaType");
        Json artifact = good;
        artifact["config"]["mediaType"] = "application/vnd.example.thing+json";
        manifest(artifact);
        refuse(here_ / "bad", ErrorKind::unsupported, "not a container image");
        Json path = good;
        path["layers"][0]["digest"] = "sha256:../../../../../etc/passwd";
        manifest(path);
        refuse(here_ / "bad", ErrorKind::corrupt, "a digest is");
        Json more = good;
        more["layers"].push_back(layer);
        manifest(more);
        refuse(here_ / "bad", ErrorKind::corrupt, "number of layers");
        Json old{{"schemaVersion", 1}, {"name", "x"}};
        manifest(old);
        refuse(here_ / "bad", ErrorKind::unsupported, "schema 1");
        write(here_ / "bad/index.json", "{ not json");
        refuse(here_ / "bad", ErrorKind::corrupt, "not valid JSON");
        write(here_ / "bad/oci-layout", R"({"imageLayoutVersion":"9"})");
        refuse(here_ / "bad", ErrorKind::unsupported, "version");
    }
    void damaged_blobs_are_refused() {
        LayoutBuilder(here_ / "lay").build({layer_one()}, "1");
        const fs::path blob = here_ / "lay/blobs/sha256" / Digest::of(layer_one()).hex();
        const auto archive = [&] {
            sh("tar -C '" + (here_ / "lay").string() + "' -cf '" + (here_ / "a.tar").string() + "' .");
        };
        std::string changed = layer_one();
        changed[600] = '!';
        write(blob, changed);
        archive();
        refuse(here_ / "lay", ErrorKind::corrupt, "promised was");
        refuse(here_ / "a.tar", ErrorKind::corrupt, "has the digest");
        write(blob, layer_one() + "x");
        archive();
        refuse(here_ / "lay", ErrorKind::corrupt, "larger than the promised");
        refuse(here_ / "a.tar", ErrorKind::corrupt, "digest");
        write(blob, layer_one().substr(0, 1000));
        refuse(here_ / "lay", ErrorKind::corrupt, "promised were");
        fs::remove(blob);
        archive();
        refuse(here_ / "lay", ErrorKind::corrupt, "missing");
        refuse(here_ / "a.tar", ErrorKind::corrupt, "missing");
        fs::create_symlink("/etc/passwd", blob);
        refuse(here_ / "lay", ErrorKind::corrupt, "missing");
    }
    void what_is_no_image_is_refused() {
        refuse(here_ / "none", ErrorKind::not_found, "none");
        fs::create_directories(here_ / "folder");
        refuse(here_ / "folder", ErrorKind::invalid_argument, "not an OCI image layout");
        write(here_ / "text", "hello");
        refuse(here_ / "text", ErrorKind::invalid_argument, "neither an image archive");
        write(here_ / "empty", "");
        refuse(here_ / "empty", ErrorKind::invalid_argument, "empty");
        write(here_ / "zeros", std::string(10'240, '\0'));
        refuse(here_ / "zeros", ErrorKind::invalid_argument, "no files");
        sh("echo hello | gzip > '" + (here_ / "text.gz").string() + "'");
        refuse(here_ / "text.gz", ErrorKind::invalid_argument, "neither an image archive");
        write(here_ / "cut.tar", layer_one().substr(0, 50'000));
        refuse(here_ / "cut.tar", ErrorKind::corrupt, "runcated");
        sh("gzip -c '" + (here_ / "cut.tar").string() + "' | head -c 300 > '" + (here_ / "cut.gz").string() + "'");
        refuse(here_ / "cut.gz", ErrorKind::corrupt, "cut.gz");
        refuse("/dev/null", ErrorKind::invalid_argument, "neither a folder");
        refuse(here_ / "text", ErrorKind::invalid_argument, "lower-case", "UPPER");
        refuse(here_ / "text", ErrorKind::invalid_argument, "tag", "a:b:c");
    }
    void sparse_blobs_are_refused() {
        LayoutBuilder(here_ / "lay").build({layer_one()}, "1");
        const fs::path blob = here_ / "lay/blobs/sha256" / std::string(64, 'a');
        for (const std::uintmax_t size : {std::uintmax_t{64} << 20U, std::uintmax_t{1} << 40U}) {
            write(blob, "");
            fs::resize_file(blob, size);
            for (const char* format : {"--format=gnu", "--format=pax"}) {
                const fs::path archive = here_ / "sparse.tar";
                sh("tar -C '" + (here_ / "lay").string() + "' -S " + format + " -cf '" + archive.string() + "' .");
                refuse(archive, ErrorKind::corrupt, "holes");
            }
        }
        write(blob, "data");
        fs::resize_file(blob, 64U << 20U);
        sh("tar -C '" + (here_ / "lay").string() + "' -S -cf '" + (here_ / "sparse.tar").string() + "' .");
        refuse(here_ / "sparse.tar", ErrorKind::corrupt, "holes");
    }
    void archives_may_not_unpack_without_bounds() {
        LayoutBuilder(here_ / "lay").build({layer_one()}, "1");
        write(here_ / "root.tar", layer_one());
        sh("tar -C '" + (here_ / "lay").string() + "' -c . | gzip > '" + (here_ / "lay.tar.gz").string() + "'");
        for (const char* pack : {"gzip", "xz"})
            sh(std::string(pack) + " -k '" + (here_ / "root.tar").string() + "'");
        const StopToken never;
        const ReadWatch watch{silent_, never, "import-image"};
        ByteLimits large;
        large.bytes = 100'000;
        ByteLimits steep;
        steep.free_bytes = 50'000;
        steep.ratio = 2;
        for (const char* file : {"lay.tar.gz", "root.tar.gz", "root.tar.xz"}) {
            for (const ByteLimits& limits : {large, steep}) {
                auto stage = BlobStage::open(store_->folder());
                QVERIFY(stage);
                const auto image = import_image({here_ / file, std::nullopt, *stage, watch, limits});
                QVERIFY2(!image && image.error().kind == ErrorKind::no_space, file);
            }
            QVERIFY(import(here_ / file));
        }
    }
    void a_stop_ends_the_reading_of_endless_bytes() {
        EndlessSource endless;
        StopSource stop;
        BoundedSource bounded(endless, 1, {}, stop.token());
        QVERIFY(bounded.next());
        stop.request_stop();
        QVERIFY(drain(bounded).error().kind == ErrorKind::cancelled);
    }
    void names_that_lead_out_are_refused_at_once() {
        write(here_ / "out.tar", TarBuilder().file("ok", "1").file("../evil", "x").finish());
        refuse(here_ / "out.tar", ErrorKind::corrupt, "../evil");
        write(here_ / "absolute.tar", TarBuilder().file("/etc/evil", "x").finish());
        refuse(here_ / "absolute.tar", ErrorKind::corrupt, "/etc/evil");
        write(here_ / "link.tar", TarBuilder().hardlink("hard", "../../secret").finish());
        refuse(here_ / "link.tar", ErrorKind::corrupt, "hard");
    }
    void fifos_are_refused_without_waiting() {
        LayoutBuilder(here_ / "lay").build({layer_one()}, "1");
        const fs::path blob = here_ / "lay/blobs/sha256" / Digest::of(layer_one()).hex();
        fs::remove(blob);
        sh("mkfifo '" + blob.string() + "'");
        refuse(here_ / "lay", ErrorKind::invalid_argument, "not a regular file");
        fs::remove(here_ / "lay/index.json");
        sh("mkfifo '" + (here_ / "lay/index.json").string() + "'");
        refuse(here_ / "lay", ErrorKind::invalid_argument, "not a regular file");
    }
    void stop_leaves_nothing() {
        LayoutBuilder(here_ / "lay").build({layer_one()}, "1");
        const std::string before = stored();
        StopSource stop;
        stop.request_stop();
        const auto image = store_->import(here_ / "lay", std::nullopt, silent_, stop.token());
        QVERIFY(!image && image.error().kind == ErrorKind::cancelled);
        QCOMPARE(stored(), before);
    }
    void leftovers_of_dead_processes_go_at_open() {
        fs::create_directories(here_ / "store/.work-999999-abcdef/x");
        QVERIFY(ImageStore::open(here_ / "store"));
        QVERIFY(!fs::exists(here_ / "store/.work-999999-abcdef"));
    }
    void damaged_store_is_told() {
        LayoutBuilder(here_ / "lay").build({layer_one()}, "1");
        const auto image = import(here_ / "lay");
        write(store_->blob_path(image->digest), "{}");
        const auto found = store_->find("lay:1");
        QVERIFY(!found && found.error().kind == ErrorKind::corrupt);
    }
    void a_damaged_image_hinders_no_other() {
        LayoutBuilder(here_ / "a").build({layer_one()}, "1");
        LayoutBuilder(here_ / "b").build({layer_two()}, "1");
        const auto damaged = import(here_ / "a");
        const auto sound = import(here_ / "b");
        QVERIFY(damaged && sound);
        write(store_->blob_path(damaged->digest), "{}");
        std::vector<Error> errors;
        const auto images = store_->list(&errors);
        QVERIFY(images && images->size() == 1 && images->front().name == "b:1");
        QCOMPARE(errors.size(), std::size_t{1});
        QVERIFY(errors.front().message().find("a:1") != std::string::npos);
        QVERIFY(store_->remove("b:1"));
        QVERIFY(!fs::exists(store_->blob_path(sound->layers[0].digest)));
        QVERIFY(store_->remove("a:1"));
        QVERIFY(store_->list()->empty());
    }
};

ISOLAB_TEST(ImportTest)
#include "import_test.moc"
