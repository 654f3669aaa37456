#include "kubernetes/cluster.h"

#include "kubernetes/yaml.h"
#include "support/scripted_http.h"
#include "support/suite.h"

#include <fmt/format.h>
#include <map>

using namespace sluice;
using namespace sluice::kubernetes;

namespace {

std::map<std::string, std::string> files;
Result<std::string> read_file(const std::string& path) {
    const auto found = files.find(path);
    return found == files.end() ? Result<std::string>(fail(ErrorCode::not_found, "no such file", path)) : found->second;
}

std::string config(const std::string& cluster, const std::string& user) {
    return "apiVersion: v1\nkind: Config\ncurrent-context: prod\ncontexts:\n- name: prod\n  context: {cluster: c, "
           "user: lead, namespace: production}\n"
           "clusters:\n- name: c\n  cluster: {" +
           cluster + "}\nusers:\n- name: lead\n  user: {" + user + "}\n";
}

Result<Cluster> take(const std::string& text, const std::string& context = "") {
    return cluster_from_kubeconfig(text, "config", "/home/lead/.kube", context, read_file);
}

} // namespace

class ClusterTest : public QObject {
    Q_OBJECT
private slots:
    void a_context_gives_server_credentials_and_namespace() {
        files = {{"/home/lead/.kube/ca.crt", "CA"}, {"/keys/k.pem", "KEY"}};
        const auto cluster =
            take(config("server: 'https://10.0.0.1:6443/', certificate-authority: ca.crt, tls-server-name: kube",
                        "tokenFile: token, client-certificate-data: Q0VSVA==, client-key: /keys/k.pem"));
        QVERIFY2(cluster, cluster ? "" : to_text(cluster.error()).c_str());
        SAME_TEXT(cluster->server, "https://10.0.0.1:6443");
        SAME_TEXT(cluster->namespace_default, "production");
        SAME_TEXT(cluster->token_file, "/home/lead/.kube/token");
        SAME_TEXT(cluster->tls->ca_pem, "CA");
        SAME_TEXT(cluster->tls->certificate_pem, "CERT");
        SAME_TEXT(cluster->tls->key_pem, "KEY");
        SAME_TEXT(cluster->tls->server_name, "kube");
    }

    void what_is_not_supported_is_refused_and_never_ignored_data() {
        QTest::addColumn<QString>("cluster");
        QTest::addColumn<QString>("user");
        QTest::addColumn<QString>("named");
        const QString server = "server: 'https://a:1'";
        const auto row = [](const char* name, const QString& c, const QString& u, const char* named) {
            QTest::newRow(name) << c << u << named;
        };
        row("exec plugin", server, "exec: {command: aws}", "'exec'");
        row("auth provider", server, "auth-provider: {name: gcp}", "'auth-provider'");
        row("password", server, "username: a, password: b", "'password'");
        row("impersonation", server, "token: x, as: root", "'as'");
        row("no verification", server + ", insecure-skip-tls-verify: true", "token: x", "'insecure-skip-tls-verify'");
        row("proxy", server + ", proxy-url: 'http://p'", "token: x", "'proxy-url'");
        row("unknown key", server, "token: x, otp: 1", "'otp'");
        row("half a certificate", server, "client-certificate-data: Q0VSVA==", "not both");
        row("bad base64", server + ", certificate-authority-data: '%%'", "token: x", "base64");
        row("no address", "server: '10.0.0.1'", "token: x", "address");
    }
    void what_is_not_supported_is_refused_and_never_ignored() {
        QFETCH(QString, cluster);
        QFETCH(QString, user);
        QFETCH(QString, named);
        const auto taken = take(config(cluster.toStdString(), user.toStdString()));
        QVERIFY(!taken);
        QVERIFY2(taken.error().what.find(named.toStdString()) != std::string::npos, taken.error().what.c_str());
        QVERIFY(named.startsWith("'") ? !taken.error().remedy.empty() : true);
    }

    void verification_that_is_said_to_be_on_is_fine() {
        QVERIFY(take(config("server: 'https://a:1', insecure-skip-tls-verify: false", "token: x")));
    }

    void a_context_that_is_not_there_is_named() {
        const auto taken = take(config("server: 'https://a:1'", "token: x"), "staging");
        QVERIFY(!taken);
        QVERIFY(taken.error().code == ErrorCode::not_found);
        QVERIFY(taken.error().what.find("'staging'") != std::string::npos);
        QVERIFY(!take("just text"));
    }

    void the_token_file_is_read_again_and_survives_a_gap() {
        files = {{"/token", "one\n"}};
        Credentials credentials("", "/token", read_file);
        SAME_TEXT(*credentials.authorization(), "Bearer one");
        files["/token"] = "two\n";
        SAME_TEXT(*credentials.authorization(), "Bearer two");
        files.clear();
        SAME_TEXT(*credentials.authorization(), "Bearer two");
        QVERIFY(!Credentials("", "/token", read_file).authorization());
        QVERIFY(!Credentials("a\nb", "", read_file).authorization());
    }

    void manifests_have_the_types_that_kubectl_gives_them() {
        const auto documents = documents_of_yaml(
            "a: 0644\nb: yes\nc: '1'\nd: 1\ne: ~\nf: 1.5\ng: v1.2.4\nh: 1.2.4\ni: \"yes\"\nj: -7\nk: |\n  12\n"
            "---\n---\nbase: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\n",
            "m.yaml");
        QVERIFY2(documents, documents ? "" : to_text(documents.error()).c_str());
        QCOMPARE(documents->size(), std::size_t{2});
        const Json first = {{"a", 420},      {"b", true},    {"c", "1"},   {"d", 1},  {"e", nullptr}, {"f", 1.5},
                            {"g", "v1.2.4"}, {"h", "1.2.4"}, {"i", "yes"}, {"j", -7}, {"k", "12\n"}};
        SAME_JSON(documents->at(0), first);
        SAME_JSON(documents->at(1)["use"], (Json{{"x", 1}, {"y", 3}}));
    }

    void manifests_that_say_two_things_are_refused_with_their_place() {
        const auto twice = documents_of_yaml("a: 1\nb:\n  c: 1\n  c: 2\n", "m.yaml");
        QVERIFY(!twice);
        SAME_TEXT(twice.error().where, "m.yaml:4:3");
        QVERIFY(!documents_of_yaml("a: [1", "m.yaml"));
        QVERIFY(!documents_of_yaml("a: !!python/object x", "m.yaml"));
        std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
        for (int i = 1; i < 8; ++i) {
            bomb +=
                fmt::format("a{0}: &a{0} [*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1}]\n", i, i - 1);
        }
        const auto refused = documents_of_yaml(bomb, "m.yaml");
        QVERIFY(!refused);
        QVERIFY(refused.error().what.find("200,000") != std::string::npos);
    }
};

SLUICE_TEST(ClusterTest)
#include "cluster_test.moc"
