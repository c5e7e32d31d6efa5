// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "engine/digest/digest.h"
#include "engine/digest/hasher.h"
#include "engine/image/reference.h"
#include "tests/support/test_main.h"

using namespace isolab;

class ValuesTest : public QObject {
    Q_OBJECT
  private slots:
    void digests_are_parsed_strictly() {
        const std::string hex(64, 'a');
        QCOMPARE(Digest::parse("sha256:" + hex)->hex(), hex);
        QCOMPARE(Digest::parse("sha512:" + hex + hex)->algorithm(), std::string("sha512"));
        for (const std::string& bad :
             {std::string(), hex, "sha256:" + hex.substr(1), "sha256:" + hex + "a", "SHA256:" + hex,
              "sha256:" + std::string(64, 'A'), "sha512:" + hex, "md5:" + hex, "sha256:../" + hex.substr(3),
              "sha256:" + hex.substr(1) + "\n", "sha256:" + hex.substr(1) + std::string(1, '\0')})
            QVERIFY2(Digest::parse(bad).error().kind == ErrorKind::corrupt, bad.c_str());
    }
    void digests_are_those_of_the_standards() {
        // FIPS 180-4 examples, "abc".
        QCOMPARE(Digest::of("abc").hex(),
                 std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        auto hasher = Hasher::create("sha512");
        hasher->update("a");
        hasher->update("bc");
        QVERIFY(hasher->finish().hex().starts_with("ddaf35a193617abacc417349ae204131"));
        QVERIFY(Hasher::create("md5").error().kind == ErrorKind::unsupported);
    }
    void names_have_one_form_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("form");
        const std::initializer_list<std::pair<const char*, const char*>> cases{
            {"redis", "redis:latest"},
            {"redis:7", "redis:7"},
            {"docker.io/library/redis", "redis:latest"},
            {"docker.io/team/app:1", "team/app:1"},
            {"library/redis", "library/redis:latest"},
            {"localhost/bb:1", "localhost/bb:1"},
            {"localhost:5000/a/b__c", "localhost:5000/a/b__c:latest"},
            {"isolab/default:latest", "isolab/default:latest"},
            {"a--b", "a--b:latest"},
            {"", ""},
            {"Redis", ""},
            {"a..b", ""},
            {"-a", ""},
            {"a/", ""},
            {"/a", ""},
            {"a:", ""},
            {"a:.x", ""},
            {"a b", ""},
            {"../etc", ""},
            {"a@sha256:00", ""},
            {"host:port/a", ""},
        };
        for (const auto& [text, form] : cases)
            QTest::newRow(*text != '\0' ? text : "empty") << QString(text) << QString(form);
    }
    void names_have_one_form() {
        QFETCH(QString, text);
        QFETCH(QString, form);
        const auto name = normalise_image_name(text.toStdString());
        QCOMPARE(name.has_value(), !form.isEmpty());
        if (name) {
            QCOMPARE(QString::fromStdString(*name), form);
            QCOMPARE(normalise_image_name(*name).value(), *name);
        }
    }
    void file_names_become_valid_names() {
        for (const char* file : {"My Root.tar.gz", "_x_.tar", ".tar", "äö", "a..b.oci", "UPPER"})
            QVERIFY2(normalise_image_name(image_name_of_file(file)), file);
        QCOMPARE(image_name_of_file("My Root.tar.gz"), std::string("my-root:latest"));
    }
};

ISOLAB_TEST(ValuesTest)
#include "values_test.moc"
