/// A corpus of hostile values against every place of substitution: each place carries the value exactly, or refuses it.
#include "engine/calls.h"
#include "engine/effect_maker.h"
#include "engine/kafka_specs.h"
#include "kubernetes/object_ref.h"
#include "kubernetes/yaml.h"
#include "net/fake_server.h"
#include "net/live_scheduler.h"
#include "net/local_process_runner.h"
#include "net/qt_http_client.h"
#include "plan/fill.h"
#include "plan/loader.h"
#include "series/promql/expression.h"
#include "series/promql/fault.h"
#include "series/promql/parser.h"
#include "support/suite.h"

#include <QTemporaryDir>
#include <QUrlQuery>
#include <QtTest>
#include <algorithm>

using namespace sluice;
using namespace sluice::engine;

namespace {

using namespace std::string_literals;

struct Hostile {
    const char* name;
    std::string value;
};

const std::vector<Hostile>& corpus() {
    static const std::vector<Hostile> all{
        {"plain", "v1.2.4"},
        {"empty", ""},
        {"single quote", "it's"},
        {"double quote", "say \"x\""},
        {"both quotes", "'\"'\"'"},
        {"command", "$(touch pwned)"},
        {"backticks", "`touch pwned`"},
        {"semicolon", "x; touch pwned; #"},
        {"and", "x && touch pwned || true"},
        {"pipe", "| touch pwned"},
        {"redirection", "> pwned"},
        {"variable", "$HOME ${HOME}"},
        {"nested", "${version} $${version}"},
        {"line feed", "a\nb"},
        {"carriage return", "a\r\nSet-Cookie: x=1"},
        {"header", "x\r\n\r\nGET /admin HTTP/1.1"},
        {"NUL", "a\0b"s},
        {"tab and escape", "a\tb\x1b[2J"},
        {"upwards", "../../etc/passwd"},
        {"only dots", ".."},
        {"one dot", "."},
        {"encoded dots", "%2e%2e%2f"},
        {"absolute", "/etc/passwd"},
        {"backslashes", "\\..\\x\\"},
        {"Unicode", "grün→\xF0\x9F\x9A\x80"},
        {"right to left", "a\xE2\x80\xAE"
                          "b"},
        {"not UTF-8", "a\xff\xfe"},
        {"option", "--exec=touch pwned"},
        {"dash", "-"},
        {"long", std::string(60'000, 'x')},
        {"YAML map", "x: y"},
        {"YAML flow", "a}, evil: {b"},
        {"YAML comment", "x #y"},
        {"YAML document", "x\n---\nkind: Evil"},
        {"YAML anchor", "&a *a !tag"},
        {"YAML key", "x\nspec: {replicas: 0}"},
        {"YAML block", "|\n  x"},
        {"JSON", "\",\"evil\":\"x"},
        {"JSON pointer", "/a~1b/~0c/0"},
        {"URL", "a?b=c&d=e#f%00+g h/i;j"},
        {"URL of another host", "//evil.example/x"},
        {"credentials", "user:pass@evil.example"},
        {"glob", "* ? [a-z] {a,b} ~"},
        {"PromQL", "\"} or vector(0) #"},
        {"PromQL regex", "v1.2|.*"},
        {"PromQL backtick", "`} or up"},
        {"selector", "x,app!=y"},
        {"blanks", "  x  "},
        {"secret reference", "env:CANARY"},
        {"secret after a word", "Bearer env:CANARY"},
        {"file reference", "file:/etc/passwd"},
        {"null", "null"},
        {"number", "1e3"},
    };
    return all;
}

bool is_utf8(const std::string& text) {
    return Json(text).dump(-1, ' ', false, Json::error_handler_t::ignore) ==
           Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

const char* const kubeconfig =
    R"({"apiVersion": "v1", "kind": "Config", "current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
"clusters": [{"name": "k", "cluster": {"server": "https://127.0.0.1:1"}}], "users": [{"name": "u", "user": {"token": "t0k3n"}}]})";

} // namespace

class HostileValuesTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    net::LiveScheduler scheduler_;
    std::string value_;
    std::string name_;

    plan::Scope scope() const { return {{"v", value_}, {"version", "1"}, {"start", "2026-01-01T00:00:00Z"}}; }
    bool has(char c) const { return value_.find(c) != std::string::npos; }
    bool has_control() const {
        return std::any_of(value_.begin(), value_.end(),
                           [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    }

    static void rows() {
        QTest::addColumn<QByteArray>("value");
        for (const auto& one : corpus()) {
            QTest::newRow(one.name) << QByteArray::fromStdString(one.value);
        }
    }
    void take() {
        QFETCH(QByteArray, value);
        value_ = value.toStdString();
    }

    /// A plan with one step, and its world: nothing outside may be asked but the one secret, which must never be.
    struct World {
        explicit World(HostileValuesTest& test, const std::string& text)
            : http(test.scheduler_), processes(test.scheduler_, SLUICE_BINARY_DIR "/bin/sluice-exec"),
              outside{test.scheduler_,
                      http,
                      [](const std::string&) { return Result<std::string>(kubeconfig); },
                      [this](const std::string& reference) {
                          asked.push_back(reference);
                          return Result<Secret>(Secret("the-canary"));
                      },
                      std::make_shared<RedactionSet>(),
                      [&test] { return test.scheduler_.now(); },
                      "kubeconfig"} {
            auto loaded = plan::load(text, "plan.yaml");
            for (const auto& one : loaded.diagnostics) {
                wrong += plan::to_text(one, "plan.yaml") + "\n";
            }
            if (loaded.plan) {
                plan = std::move(*loaded.plan);
            }
            auto opened = Connections::open(plan, outside, {});
            if (!opened) {
                qFatal("%s", to_text(opened.error()).c_str());
            }
            connections = std::move(*opened);
            eyes.reset(new Eyes{plan, *connections, outside, processes, latest, [&test] { return test.scope(); },
                                [] { return std::set<std::string>(); }, test.folder_.path().toStdString() + "/records",
                                test.folder_.path().toStdString()});
        }
        const plan::Step& step() const { return plan.steps.front(); }

        net::QtHttpClient http;
        net::LocalProcessRunner processes;
        std::string wrong;
        std::vector<std::string> asked;
        Outside outside;
        plan::Plan plan;
        std::unique_ptr<Connections> connections;
        analysis::Latest latest;
        std::unique_ptr<Eyes> eyes;
    };
    static std::string plan_of(const std::string& step, const std::string& connections = "{}") {
        return "sluice: 1\nid: p\nvariables: {v: {}, version: {}}\nconnections: " + connections +
               "\nphases: [{id: one, steps: [" + step + "]}]\n";
    }

private slots:
    void arguments_data() { rows(); }
    void arguments() {
        take();
        const auto argv = plan::fill(std::vector<std::string>{"prog", "${v}", "--set=${v}", "${v}${v}"}, scope());
        QCOMPARE(argv.has_value(), !has('\0'));
        if (argv) {
            QCOMPARE(*argv, (std::vector<std::string>{"prog", value_, "--set=" + value_, value_ + value_}));
        }
    }

    /// A real program says what it was given, as arguments and in its environment; no shell has had a hand in it.
    void a_real_program_gets_them_exactly() {
        std::vector<std::string> given;
        for (const auto& one : corpus()) {
            if (is_utf8(one.value) && one.value.find('\0') == std::string::npos) {
                given.push_back(one.value);
            }
        }
        World world(*this, plan_of("{id: a, confirm: x}"));
        net::ProcessSpec spec;
        spec.argv = {"/usr/bin/printf", "%s\\0"};
        spec.argv.insert(spec.argv.end(), given.begin(), given.end());
        spec.cwd = spec.directory = folder_.path().toStdString() + "/argv";
        std::string output;
        std::optional<Result<net::ProcessEnd>> end;
        const auto sink = [&] {
            return net::ProcessSink{{},
                                    [&](std::string_view bytes) { output += bytes; },
                                    {},
                                    [&](Result<net::ProcessEnd> result) { end = std::move(result); }};
        };
        world.processes.start(spec, sink());
        QTRY_VERIFY_WITH_TIMEOUT(end.has_value(), 30'000);
        QVERIFY2(*end, *end ? "" : to_text(end->error()).c_str());
        std::string wanted;
        for (const auto& one : given) {
            wanted += one + '\0';
        }
        QVERIFY(output == wanted);
        QVERIFY(!QFile::exists(folder_.filePath("argv/pwned")));

        output.clear();
        end.reset();
        wanted.clear();
        spec.argv = {"/bin/sh", "-c", "exec env -0"};
        spec.directory += "-2";
        spec.cwd = folder_.path().toStdString();
        for (std::size_t i = 0; i < given.size(); ++i) {
            spec.environment["HOSTILE_" + std::to_string(i)] = given[i];
        }
        world.processes.start(spec, sink());
        QTRY_VERIFY_WITH_TIMEOUT(end.has_value(), 30'000);
        for (std::size_t i = 0; i < given.size(); ++i) {
            const std::string line = "HOSTILE_" + std::to_string(i) + "=" + given[i] + '\0';
            QVERIFY2((output).find(line) != std::string::npos, given[i].substr(0, 40).c_str());
        }
        QVERIFY(!QFile::exists(folder_.filePath("pwned")));
    }

    void what_a_system_call_can_t_take_is_refused() {
        World world(*this, plan_of("{id: a, confirm: x}"));
        for (const std::string& value : {"a\0b"s, "a\xff"s, std::string(200'000, 'x')}) {
            net::ProcessSpec spec;
            spec.argv = {"/bin/true", value};
            spec.directory = folder_.path().toStdString() + "/" + std::to_string(value.size());
            std::optional<Result<net::ProcessEnd>> end;
            world.processes.start(spec, {{}, {}, {}, [&](Result<net::ProcessEnd> result) { end = std::move(result); }});
            QTRY_VERIFY_WITH_TIMEOUT(end.has_value(), 30'000);
            QVERIFY(!*end);
            QVERIFY2(!end->error().what.empty(), to_text(end->error()).c_str());
        }
    }

    void environment_and_folder_data() { rows(); }
    void environment_and_folder() {
        take();
        World world(*this, plan_of("{id: a, run: [x], environment: {E: '${v}'}, folder: 'sub/${v}', rehearse: {}}"));
        QVERIFY2(world.wrong.empty(), world.wrong.c_str());
        const auto spec = fill_command(*world.eyes, std::get<plan::Run>(world.step().body).command, seconds(1), {});
        const bool upwards = value_.starts_with("../") || value_ == "..";
        QCOMPARE(spec.has_value(), !has('\0') && !upwards);
        if (spec) {
            QCOMPARE(spec->environment.at("E"), value_); // "env:CANARY" too: no value is a reference
            QCOMPARE(spec->cwd, folder_.path().toStdString() + "/sub/" + value_);
        }
        QCOMPARE(world.asked, std::vector<std::string>());
    }

    void headers_data() { rows(); }
    void headers() {
        take();
        World world(*this, plan_of("{id: a, http: {path: /x, headers: {X-Value: '${v}'}, text: '${v}'}, on: shop}",
                                   "{shop: {http: {url: 'http://127.0.0.1:1'}}}"));
        QVERIFY2(world.wrong.empty(), world.wrong.c_str());
        const auto call = fill_call(*world.eyes, std::get<plan::HttpAction>(world.step().body).call);
        const bool fits = !has_control() && !value_.starts_with(' ') && !value_.ends_with(' ');
        QCOMPARE(call.has_value(), fits);
        QCOMPARE(world.asked, std::vector<std::string>());
        if (!call) {
            QVERIFY2(to_text(call.error()).size() > 20, to_text(call.error()).c_str());
            return;
        }
        QCOMPARE(call->body, value_);
        // Over the wire, by both ways of sending.
        std::vector<testing::Seen> seen;
        testing::FakeServer server([&](const testing::Seen& request) {
            seen.push_back(request);
            request.socket->write(testing::answer(200, "{}"));
        });
        for (const char* method : {"GET", "POST"}) {
            net::HttpRequest request = *call;
            request.method = method;
            request.url = server.url("/x");
            request.body = method == "GET"s ? "" : value_;
            request.key = method;
            std::optional<Result<net::HttpResponse>> answer;
            world.http.send(request, [&](Result<net::HttpResponse> result) { answer = std::move(result); });
            QTRY_VERIFY_WITH_TIMEOUT(answer.has_value(), 20'000);
            QVERIFY2(*answer, *answer ? "" : to_text(answer->error()).c_str());
            QCOMPARE(seen.back().header("X-Value"), QByteArray::fromStdString(value_));
            QVERIFY(seen.back().body == QByteArray::fromStdString(request.body));
        }
        QCOMPARE(seen.size(), std::size_t(2)); // and no third request came out of it
    }

    void json_values_data() { rows(); }
    void json_values() {
        take();
        const auto filled = plan::fill_json(Json{{"a", "${v}"}, {"b", {1, "x${v}y"}}}, scope());
        QCOMPARE(filled.has_value(), !has('\0') && is_utf8(value_));
        if (filled) {
            const Json back = Json::parse(filled->dump());
            QCOMPARE(back.size(), std::size_t(2));
            QCOMPARE(back["a"].get<std::string>(), value_);
            QCOMPARE(back["b"][1].get<std::string>(), "x" + value_ + "y");
        }
    }

    void kafka_data() { rows(); }
    void kafka() {
        take();
        plan::KafkaMessage message;
        message.topic = "t";
        message.key = message.text = "${v}";
        message.headers = {{"h", "${v}"}};
        const auto sent = kafka_spec({message}, scope());
        QCOMPARE(sent.has_value(), !has('\0'));
        if (sent) {
            const auto& it = std::get<effects::Produce>(sent->action).message;
            QCOMPARE(it.key, value_);
            QCOMPARE(it.payload, value_);
            QCOMPARE(it.headers.front().second, value_);
        }
        const bool a_name = !value_.empty() && value_ != "." && value_ != ".." && value_.size() <= 249 &&
                            std::all_of(value_.begin(), value_.end(), [](unsigned char c) {
                                return c < 0x80 && (std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-');
                            });
        QCOMPARE(kafka_spec({plan::KafkaConfig{"${v}", {{"retention.ms", "1"}}}}, scope()).has_value(), a_name);
        QCOMPARE(kafka_spec({plan::KafkaTopic{"t", "${v}", "1", {}}}, scope()).has_value(),
                 false); // no figure among them
        const auto moved = kafka_spec({plan::KafkaOffsets{"${v}", {"t"}, "latest"}}, scope());
        QCOMPARE(moved.has_value(), !has('\0') && !value_.empty());
        if (moved) {
            QCOMPARE(std::get<effects::SetOffsets>(moved->action).group, value_);
        }
    }

    void urls_data() { rows(); }
    void urls() {
        take();
        const auto filled = plan::fill_url("/a/${v}/b?q=${v}&r=1", scope());
        QCOMPARE(filled.has_value(), !has('\0') && !value_.empty() && value_ != "." && value_ != "..");
        if (!filled) {
            return;
        }
        const QUrl url(QString::fromStdString("http://host:1" + *filled), QUrl::StrictMode);
        QVERIFY(url.isValid());
        QCOMPARE(url.host(), QString("host"));
        QVERIFY(url.fragment().isEmpty() && !url.hasFragment());
        const auto path = url.path(QUrl::FullyEncoded).toLatin1().split('/');
        QCOMPARE(path.size(), 4);
        QCOMPARE(QByteArray::fromPercentEncoding(path[2]).toStdString(), value_);
        const auto query = url.query(QUrl::FullyEncoded).toLatin1().split('&');
        QCOMPARE(query.size(), 2);
        QCOMPARE(QByteArray::fromPercentEncoding(query[0].mid(2)).toStdString(), value_);
        QCOMPARE(query[1], QByteArray("r=1"));
    }

    void queries_data() { rows(); }
    void queries() {
        take();
        const bool text = !has('\0') && is_utf8(value_);
        for (const std::string quote : {"\"", "'", "`"}) {
            for (const std::string sign : {"=", "!=", "=~", "!~"}) {
                const auto filled =
                    plan::fill_query("sum(x{a=\"1\", v" + sign + quote + "${v}" + quote + "}) # ${version}", scope());
                QCOMPARE(filled.has_value(), text && (quote != "`" || !has('`')));
                if (!filled) {
                    continue;
                }
                if (sign.ends_with('~') && value_.size() > 1000) {
                    QVERIFY_EXCEPTION_THROWN(series::promql::read_expression(*filled), series::promql::Fault);
                    continue; // our reader refuses such patterns, so the metric is refused before the start
                }
                const auto tree = [&] {
                    try {
                        return series::promql::read_expression(*filled);
                    } catch (const series::promql::Fault& fault) {
                        qWarning("%s: %s", filled->c_str(), fault.what.c_str());
                        throw;
                    }
                }();
                const auto& whole = std::get<series::promql::Aggregate>(tree->node);
                const auto& selector = std::get<series::promql::Selector>(whole.of->node);
                QCOMPARE(selector.matchers.size(), std::size_t(3));
                const auto& matcher = *std::find_if(selector.matchers.begin(), selector.matchers.end(),
                                                    [](const auto& one) { return one.label() == "v"; });
                const bool positive = sign.starts_with('=');
                QCOMPARE(matcher.holds(std::string_view(value_)), positive);
                QCOMPARE(matcher.holds(std::string_view(value_ + "!")), !positive);
                QCOMPARE(matcher.holds(std::string_view("v1x2x4")), !positive);
            }
        }
        const auto bare = plan::fill_query("rate(x[${v}])", scope());
        const bool word = !value_.empty() &&
                          value_.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:.") == std::string::npos;
        QCOMPARE(bare.has_value(), word);
    }

    void kubernetes_names_data() { rows(); }
    void kubernetes_names() {
        take();
        if (const auto name = plan::fill("deployment/${v}", scope())) {
            const auto object = kubernetes::parse_object(*name, "production");
            QVERIFY(!object || object->path() == "/apis/apps/v1/namespaces/production/deployments/" + value_);
            QVERIFY(!object || value_.find_first_of("/%?#\\ ") == std::string::npos);
        }
        if (const auto space = kubernetes::parse_namespace(value_)) {
            QVERIFY(value_.find_first_of("/%?#\\ ") == std::string::npos && value_ != "..");
        }
        if (const auto selector = plan::fill_selector("app=${v},tier=web", scope())) {
            QCOMPARE(std::count(selector->begin(), selector->end(), ','), 1);
            QVERIFY(value_.find_first_of("=!(), ") == std::string::npos);
        }
    }

    void manifests_data() { rows(); }
    void manifests() {
        take();
        const std::string text = "kind: A\nmetadata:\n  name: plain-${v}\n  labels: {own: \"${v}\", other: '${v}'}\n"
                                 "spec:\n  image: repository:${v}\n  text: |\n    first ${v}\n    last\n  bare: ${v}\n";
        const auto filled = kubernetes::fill_manifest(
            text, "m.yaml", [this](std::string_view one) { return plan::fill(one, scope()); });
        QCOMPARE(filled.has_value(), !has('\0'));
        if (!filled || !is_utf8(value_)) {
            return;
        }
        const auto documents = kubernetes::documents_of_yaml(*filled, "m.yaml");
        QVERIFY2(documents, documents ? "" : to_text(documents.error()).c_str());
        QCOMPARE(documents->size(), std::size_t(1));
        Json bare = documents->front()["spec"]["bare"];
        Json wanted{
            {"kind", "A"},
            {"metadata", {{"name", "plain-" + value_}, {"labels", {{"own", value_}, {"other", value_}}}}},
            {"spec", {{"image", "repository:" + value_}, {"text", "first " + value_ + "\nlast\n"}, {"bare", bare}}}};
        QCOMPARE(documents->front(), wanted);
        QVERIFY(!bare.is_structured());
        QVERIFY(bare.is_string() ? bare.get<std::string>() == value_
                                 : value_ == "null" || value_ == "1e3" || value_.empty());
    }

    void no_value_becomes_a_secret_of_a_cluster_data() { rows(); }
    void no_value_becomes_a_secret_of_a_cluster() {
        take();
        World world(*this, plan_of("{id: a, kubernetes: {set-env: deployment/x, namespace: n, body: {A: '${v}', B: "
                                   "'env:OWN'}}, on: c}",
                                   "{c: {kubernetes: {}}}"));
        QVERIFY2(world.wrong.empty(), world.wrong.c_str());
        const auto effect = EffectMaker(*world.eyes).make(world.step());
        QCOMPARE(effect.has_value(), !has('\0') && is_utf8(value_));
        QCOMPARE(world.asked, effect ? std::vector<std::string>{"env:OWN"} : std::vector<std::string>());
    }
};

SLUICE_TEST(HostileValuesTest)
#include "hostile_values_test.moc"
