/// What a plan's connections answer before anything starts: against the range, and where nobody listens.
#include "base/instant.h"
#include "engine/connection_tests.h"
#include "host/preflight.h"
#include "net/fake_server.h"
#include "plan/loader.h"
#include "range/range.h"
#include "support/nova_plan.h"
#include "support/suite.h"

#include <QDateTime>
#include <QLocale>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTemporaryDir>

using namespace sluice;
using engine::ConnectionAnswer;
using Level = engine::ConnectionAnswer::Level;

namespace {

/// A desk whose only secret is Kafka's password.
struct Desk {
    net::LiveScheduler scheduler;
    net::QtHttpClient http{scheduler};
    net::QtReach reach{scheduler};
    std::shared_ptr<RedactionSet> redactions = std::make_shared<RedactionSet>();
    std::string secret = "pa55word-of-kafka";

    Desk() { (void)redactions->add(Secret(secret), "env:KAFKA_SASL_PASSWORD"); }
    engine::Outside outside() {
        return {scheduler,
                http,
                [](const std::string& path) { return host::read_file(path); },
                [this](const std::string&) { return Result<Secret>(Secret(secret)); },
                redactions,
                [this] { return scheduler.now(); },
                "",
                &reach};
    }
};

/// A port on which nobody listens (nor will, within this test: the system gives out others first).
std::string closed_port() {
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return std::to_string(server.serverPort());
}

} // namespace

class PreflightTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    std::string file_;
    std::shared_ptr<const plan::Plan> plan_;
    plan::Scope values_{{"version", "v1.2.4"}, {"previous", "v1.2.3"}, {"ramp", "true"}};

    std::map<std::string, ConnectionAnswer> answers(Desk& desk, const std::map<std::string, Json>& replaced,
                                                    Nanos patience = seconds(10)) {
        return answers(desk, *plan_, replaced, patience);
    }
    std::map<std::string, ConnectionAnswer> answers(Desk& desk, const plan::Plan& plan,
                                                    const std::map<std::string, Json>& replaced, Nanos patience) {
        std::map<std::string, ConnectionAnswer> answered;
        int over = 0;
        engine::ConnectionTests tests(plan, values_, desk.outside(), replaced, patience);
        tests.start([&](const ConnectionAnswer& answer) { answered[answer.name] = answer; }, [&] { ++over; });
        [&] { QVERIFY(answered.empty()); }(); // from the event loop
        [&] { QTRY_COMPARE_WITH_TIMEOUT(over, 1, 60'000); }();
        return answered;
    }

private slots:
    void initTestCase() {
        file_ = testing::nova_plan_in(std::filesystem::path(folder_.path().toStdString()) / "plan", false);
        auto loaded = plan::load_file(file_);
        QVERIFY(loaded.plan);
        plan_ = std::make_shared<const plan::Plan>(std::move(*loaded.plan));
    }

    void a_production_that_is_there_answers() {
        Desk desk;
        auto wanted = host::range_options(*plan_, values_, std::filesystem::path(file_).parent_path().string(), 1, {});
        QVERIFY(wanted);
        auto range = range::Range::start(desk.scheduler, std::move(*wanted));
        QVERIFY(range);
        const auto replaced = host::range_connections(*plan_, (*range)->addresses());
        QVERIFY(replaced);
        const auto answered = answers(desk, *replaced);
        QCOMPARE(answered.size(), plan_->connections.size());
        for (const char* name : {"cluster", "prom", "edge", "events"}) {
            const auto& answer = answered.at(name);
            QVERIFY2(answer.level == Level::good,
                     answer.error ? to_text(*answer.error).c_str() : "not good, and no error");
            QVERIFY(!answer.found.empty());
            QVERIFY(answer.took.count > 0 && answer.took < seconds(10));
        }
        QVERIFY(answered.at("cluster").found.starts_with("Kubernetes v1."));
        QVERIFY(answered.at("edge").found.find("/health") != std::string::npos); // where its health metric reads
        QVERIFY(answered.at("events").found.find("nova.events") != std::string::npos);
        // Green is made by the plan: that it is not there yet stands in nobody's way.
        QVERIFY(answered.at("green").level == Level::later);
        QVERIFY(!answered.at("green").first_use.empty());
        QVERIFY((*range)->writes().all().empty()); // a test changes nothing
    }

    void where_nobody_listens_each_says_so_with_a_remedy() {
        Desk desk;
        const std::string closed = "127.0.0.1:" + closed_port();
        const std::map<std::string, Json> replaced{
            {"cluster", {{"server", "http://" + closed}, {"token", "t"}}},
            {"prom", {{"url", "http://" + closed}}},
            {"edge", {{"url", "http://" + closed}}},
            {"green-api", {{"url", "http://" + closed}}},
            {"events",
             {{"bootstrap", closed},
              {"security",
               {{"protocol", "sasl_plaintext"},
                {"mechanism", "plain"},
                {"username", "sluice"},
                {"password", "env:KAFKA_SASL_PASSWORD"}}}}},
        };
        const auto answered = answers(desk, replaced, seconds(4));
        QCOMPARE(answered.size(), plan_->connections.size());
        for (const auto& [name, answer] : answered) {
            QVERIFY2(answer.error, name.c_str());
            QVERIFY2(!answer.error->remedy.empty(), name.c_str());
            QVERIFY2(answer.found.empty(), name.c_str());
            QVERIFY2(to_text(*answer.error).find(desk.secret) == std::string::npos, name.c_str());
            // What the plan makes may come later; the rest has to be there.
            QCOMPARE(answer.level == Level::later, name == "green" || name == "green-api");
        }
    }

    void one_that_can_not_be_opened_hides_no_other() {
        Desk desk;
        const auto answered = answers(desk, {{"edge", {{"url", "http://127.0.0.1:" + closed_port()}}}}, seconds(2));
        QCOMPARE(answered.size(), plan_->connections.size());
        const auto& cluster = answered.at("cluster"); // there is no kubeconfig here
        QVERIFY(cluster.error && cluster.error->code == ErrorCode::not_found);
        QVERIFY(cluster.error->remedy.find("KUBECONFIG") != std::string::npos);
        QVERIFY(answered.at("edge").error->code == ErrorCode::unreachable);
    }

    void who_never_answers_is_given_up() {
        Desk desk;
        QTcpServer silent;
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        const std::string url = "http://127.0.0.1:" + std::to_string(silent.serverPort());
        const auto answered = answers(
            desk, {{"cluster", {{"server", url}}}, {"prom", {{"url", url}}}, {"edge", {{"url", url}}}}, seconds(1));
        for (const char* name : {"cluster", "prom", "edge"}) {
            QVERIFY(answered.at(name).error && answered.at(name).error->code == ErrorCode::timed_out);
            QVERIFY(answered.at(name).took < seconds(20));
        }
    }

    void a_host_is_looked_up_and_its_port_is_tried_data() {
        QTest::addColumn<QString>("settings"); // LISTENS and CLOSED are ports
        QTest::addColumn<int>("level");
        QTest::addColumn<QString>("found"); // or why not
        QTest::newRow("a name") << "host: localhost" << int(Level::good) << "127.0.0.1|::1";
        QTest::newRow("a port that listens")
            << "host: 127.0.0.1, port: LISTENS" << int(Level::good) << "127\\.0\\.0\\.1, port [0-9]+ answers";
        // As a port-forward that a step before brings up, and as nothing that a step could bring.
        QTest::newRow("nobody listens on this desk")
            << "host: 127.0.0.1, port: CLOSED" << int(Level::later) << "nobody listens there";
        QTest::newRow("no such name") << "host: nowhere.invalid" << int(Level::trouble) << ".+";
        QTest::newRow("no such authority") << "host: localhost, ca: /nowhere/ca.pem" << int(Level::trouble) << ".+";
    }
    void a_host_is_looked_up_and_its_port_is_tried() {
        QFETCH(QString, settings);
        QTcpServer listens;
        QVERIFY(listens.listen(QHostAddress::LocalHost));
        settings.replace("LISTENS", QString::number(listens.serverPort()));
        settings.replace("CLOSED", QString::fromStdString(closed_port()));
        const auto loaded = plan::load("sluice: 1\nid: p\nconnections: {db: {host: {" + settings.toStdString() +
                                           "}}}\nphases: [{id: one, steps: [{id: open, run: [ssh], rehearse: {}}, "
                                           "{id: look, probe: {tcp: {}}, on: db, rehearse: {}}]}]\n",
                                       "p");
        QVERIFY(loaded.plan);
        Desk desk;
        const auto answer = answers(desk, *loaded.plan, {}, seconds(10)).at("db");
        QTEST(int(answer.level), "level");
        const std::string told = answer.error ? answer.error->what : answer.found;
        QFETCH(QString, found);
        QVERIFY2(QRegularExpression(found).match(QString::fromStdString(told)).hasMatch(), told.c_str());
        QVERIFY(!answer.error || !answer.error->remedy.empty());
        // A rehearsal puts another in its place, and reads none of its files.
        const auto replaced = host::range_connections(*loaded.plan, {});
        QVERIFY(replaced);
        QCOMPARE(replaced->at("db"), (Json{{"host", "rehearsed.invalid"}}));
        QVERIFY(engine::Connections::open(*loaded.plan, desk.outside(), *replaced));
    }

    void a_chat_is_rehearsed_without_a_word_of_the_plan_data() {
        QTest::addColumn<QString>("more");
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("messages"); // empty: where all goes
        const QString receiver = "http://range/services/~messages";
        QTest::newRow("only messages go there") << "" << receiver << "";
        QTest::newRow("a step asks it something too")
            << ", {id: look, probe: {http: /}, on: chat}" << QString("http://range/edge") << receiver;
        QTest::newRow("a step sends it something else too")
            << ", {id: page, http: {path: /incidents, json: {a: b}}, on: chat}" << QString("http://range/edge")
            << receiver;
    }
    void a_chat_is_rehearsed_without_a_word_of_the_plan() {
        QFETCH(QString, more);
        const auto loaded = plan::load("sluice: 1\nid: small\nconnections: {chat: {http: {url: 'https://c.example'}}}\n"
                                       "channels: {ops: {on: chat, path: /T0/B1}}\nphases: [{id: main, steps: "
                                       "[{id: tell, notify: {to: ops, text: Begun}}" +
                                           more.toStdString() + "]}]\n",
                                       "p");
        QVERIFY(loaded.plan);
        range::Addresses addresses;
        addresses.services = "http://range/services";
        addresses.edge = "http://range/edge";
        const auto replaced = host::range_connections(*loaded.plan, addresses);
        QVERIFY(replaced);
        QTEST(QString::fromStdString(replaced->at("chat")["url"].get<std::string>()), "url");
        QTEST(QString::fromStdString(replaced->at("chat").value("messages", "")), "messages");
    }

    void what_metrics_look_at_on_a_host_is_tried_data() {
        QTest::addColumn<QString>("metrics"); // LISTENS and CLOSED are ports
        QTest::addColumn<int>("level");
        QTest::addColumn<QString>("found"); // or why not
        const auto row = [](const char* title, const char* metrics, Level level, const char* found) {
            QTest::newRow(title) << QString(metrics) << int(level) << QString(found);
        };
        row("a port that listens", "{from: db, tcp: {port: LISTENS, value: latency}, unit: s, rehearse: {value: 1}}",
            Level::good, "127\\.0\\.0\\.1, port [0-9]+ answers$");
        row("one that may be down", "{from: db, tcp: {port: CLOSED, value: up}, unit: bool, rehearse: {value: 1}}",
            Level::good, "m of port [0-9]+: nobody listens there$");
        row("one of which a number is wanted",
            "{from: db, tcp: {port: CLOSED, value: latency}, unit: s, rehearse: {value: 1}}", Level::trouble,
            "nobody listens there");
        row("a name is looked up anyway", "{from: db, dns: {value: count}, unit: count, rehearse: {value: 1}}",
            Level::good, "127\\.0\\.0\\.1$");
    }
    void what_metrics_look_at_on_a_host_is_tried() {
        QFETCH(QString, metrics);
        QTcpServer listens;
        QVERIFY(listens.listen(QHostAddress::LocalHost));
        metrics.replace("LISTENS", QString::number(listens.serverPort()));
        metrics.replace("CLOSED", QString::fromStdString(closed_port()));
        const auto loaded = plan::load(
            "sluice: 1\nid: p\nconnections: {db: {host: {host: 127.0.0.1}}}\nmetrics: {m: " + metrics.toStdString() +
                "}\nphases: [{id: one, steps: [{id: a, confirm: x}]}]\n",
            "p");
        QVERIFY(loaded.plan);
        Desk desk;
        const auto answer = answers(desk, *loaded.plan, {}, seconds(10)).at("db");
        QTEST(int(answer.level), "level");
        const std::string told = answer.error ? answer.error->what : answer.found;
        QFETCH(QString, found);
        QVERIFY2(QRegularExpression(found).match(QString::fromStdString(told)).hasMatch(), told.c_str());
        QVERIFY(!answer.error || answer.error->remedy.starts_with("the metric 'm' looks there"));
    }

    void a_service_s_own_metrics_are_scraped_once_and_read() {
        const auto loaded = plan::load(
            "sluice: 1\nid: p\nconnections:\n"
            "  cluster: {kubernetes: {context: c}}\n"
            "  near: {scrape: {url: 'http://user-service-blue.production:8081/stats', via: {service-proxy: {on: "
            "cluster}}}}\n"
            "  named: {scrape: {url: 'https://shop.test/stats', rehearse: production/user-service-blue}}\n"
            "  open: {scrape: {url: 'https://shop.test'}}\n"
            "  gone: {scrape: {url: 'http://nowhere.production:8081', via: {service-proxy: {on: cluster}}}}\n"
            "metrics: {m: {from: gone, query: up, unit: bool}}\n"
            "phases: [{id: one, steps: [{id: go, confirm: Go}]}]\n",
            "p");
        QVERIFY(loaded.plan);
        Desk desk;
        auto wanted = host::range_options(*plan_, values_, std::filesystem::path(file_).parent_path().string(), 1, {});
        QVERIFY(wanted);
        auto range = range::Range::start(desk.scheduler, std::move(*wanted));
        QVERIFY(range);
        auto replaced = host::range_connections(*loaded.plan, (*range)->addresses());
        QVERIFY(replaced);
        const QRegularExpression series("^tells [1-9][0-9]* series, its clock fits ours$");
        auto answered = answers(desk, *loaded.plan, *replaced, seconds(10));
        for (const char* name : {"near", "named", "open"}) {
            const auto& answer = answered.at(name);
            QVERIFY2(answer.level == Level::good, answer.error ? to_text(*answer.error).c_str() : name);
            QVERIFY2(series.match(QString::fromStdString(answer.found)).hasMatch(), answer.found.c_str());
        }
        QVERIFY(answered.at("gone").level == Level::trouble); // a metric asks it from the start
        // What answers there is something else.
        const auto of = [](const std::string& url) { return url.substr(0, url.rfind('/')); };
        (*replaced)["named"]["url"] = of((*replaced)["named"]["url"]) + "/health";
        (*replaced)["open"]["url"] = of((*replaced)["open"]["url"]) + "/nothing";
        answered = answers(desk, *loaded.plan, *replaced, seconds(10));
        QVERIFY(answered.at("named").error);
        QCOMPARE(answered.at("named").error->what, std::string("the answer is application/json, not metrics as text"));
        QVERIFY(answered.at("open").error);
        QCOMPARE(answered.at("open").error->what, std::string("answers with 404"));
        QVERIFY(!answered.at("open").error->remedy.empty());
    }

    void a_number_that_would_not_be_there_is_told() {
        const auto loaded = plan::load(
            "sluice: 1\nid: p\nconnections:\n"
            "  cluster: {kubernetes: {context: c}}\n"
            "  fine: {http: {url: 'http://user-service-blue.production:8081', via: {service-proxy: {on: cluster}}}}\n"
            "  text: {http: {url: 'http://user-service-blue.production:8081', via: {service-proxy: {on: cluster}}}}\n"
            "  lost: {http: {url: 'http://user-service-blue.production:8081', via: {service-proxy: {on: cluster}}}}\n"
            "metrics:\n"
            "  code: {from: fine, http: {path: /health, value: status}, unit: count}\n"
            "  took: {from: fine, http: {path: /health, value: latency}, unit: s}\n"
            "  word: {from: text, http: {path: /health, json: /status}, unit: count}\n"
            "  gone: {from: lost, http: {path: /queue, json: /depth}, unit: count}\n"
            "phases: [{id: one, steps: [{id: go, confirm: Go}]}]\n",
            "p");
        QVERIFY(loaded.plan);
        Desk desk;
        auto wanted = host::range_options(*plan_, values_, std::filesystem::path(file_).parent_path().string(), 1, {});
        QVERIFY(wanted);
        auto range = range::Range::start(desk.scheduler, std::move(*wanted));
        QVERIFY(range);
        const auto replaced = host::range_connections(*loaded.plan, (*range)->addresses());
        QVERIFY(replaced);
        const auto answered = answers(desk, *loaded.plan, *replaced, seconds(10));
        QVERIFY(answered.at("fine").level == Level::good);
        QCOMPARE(answered.at("fine").found, std::string("GET /health answers with 200, its clock fits ours"));
        QVERIFY(answered.at("text").error);
        QCOMPARE(answered.at("text").error->what, std::string("'healthy' stands at /status, which is no number"));
        QVERIFY(answered.at("text").error->remedy.starts_with("the metric 'word' reads a number there"));
        QVERIFY(answered.at("lost").error);
        QCOMPARE(answered.at("lost").error->what, std::string("HTTP status 404"));
    }

    /// A run's polls take no answer of a clock that is over a minute off, so before it begins is the time to hear of
    /// it.
    void a_server_s_clock_is_compared_with_ours_data() {
        QTest::addColumn<int>("ahead"); // s
        QTest::addColumn<bool>("good");
        QTest::addColumn<QString>("told_as");
        QTest::newRow("fits") << 0 << true << ", its clock fits ours$";
        QTest::newRow("somewhat ahead") << 30 << true << ", its clock is (29|30) s ahead of ours$";
        QTest::newRow("somewhat behind") << -30 << true << ", its clock is 3[0-9] s behind ours$";
        QTest::newRow("too far ahead") << 100 << false << "^it answers, but its clock is (9[0-9]|100) s ahead of ours$";
        QTest::newRow("too far behind") << -100 << false << "^it answers, but its clock is 1[0-9]{2} s behind ours$";
    }
    void a_server_s_clock_is_compared_with_ours() {
        QFETCH(int, ahead);
        QFETCH(bool, good);
        QFETCH(QString, told_as);
        testing::FakeServer server([ahead](const testing::Seen& seen) {
            const auto then = QDateTime::currentDateTimeUtc().addSecs(ahead);
            const QByteArray date =
                "Date: " + QLocale::c().toString(then, "ddd, dd MMM yyyy HH:mm:ss").toUtf8() + " GMT\r\n";
            const QByteArray body = seen.target.startsWith("/metrics")  ? "up 1\n"
                                    : seen.target.startsWith("/api/v1") ? R"({"status":"success"})"
                                                                        : R"({"versionInfo":{}})";
            seen.socket->write(testing::answer(200, body, "Content-Type: text/plain\r\n" + date));
        });
        const auto loaded = plan::load("sluice: 1\nid: p\nconnections:\n"
                                       "  prom: {prometheus: {url: '" +
                                           server.url("") +
                                           "'}}\n"
                                           "  alerts: {alertmanager: {url: '" +
                                           server.url("") +
                                           "'}}\n"
                                           "  own: {scrape: {url: '" +
                                           server.url("") +
                                           "'}}\n"
                                           "  web: {http: {url: '" +
                                           server.url("") +
                                           "'}}\n"
                                           "phases: [{id: one, steps: [{id: go, confirm: Go}]}]\n",
                                       "p");
        QVERIFY(loaded.plan);
        Desk desk;
        const auto answered = answers(desk, *loaded.plan, {}, seconds(10));
        QCOMPARE(answered.size(), std::size_t{4});
        for (const auto& [name, answer] : answered) {
            const std::string told = answer.error ? answer.error->what : answer.found;
            QVERIFY2((answer.level == Level::good) == good, (name + ": " + told).c_str());
            QVERIFY2(QRegularExpression(told_as).match(QString::fromStdString(told)).hasMatch(), told.c_str());
            QVERIFY2(good || answer.error->remedy.find("NTP") != std::string::npos, name.c_str());
        }
    }

    void the_window_says_whether_why_not_and_when() {
        const auto tuesday = host::window_at(*plan_, {}, Nanos{1'767'664'800'000'000'000}); // 2026-01-06T02:00Z
        QVERIFY(tuesday && tuesday->bound && tuesday->open && tuesday->closes);
        QCOMPARE(tuesday->closes->count, 1'767'672'000'000'000'000); // 04:00
        const auto monday = host::window_at(*plan_, {}, Nanos{1'767'578'400'000'000'000});
        QVERIFY(monday && monday->bound && !monday->open && !monday->why.empty() && monday->next);
        QCOMPARE(monday->next->count, 1'767'664'800'000'000'000);
        plan::Plan free = *plan_;
        for (auto& phase : free.phases) {
            phase.window = false;
        }
        QVERIFY(!host::window_at(free, {}, Nanos{})->bound);
    }

    void a_window_is_told_for_the_opening_that_a_session_is_for() {
        // Two hours each night, half an hour on Fridays; an hour is planned, after half an hour of getting ready.
        const auto plan = plan::load(R"(
sluice: 1
id: nights
calendar:
  allow: [{days: [mon, tue, wed, thu, sun], from: '02:00', to: '04:00'}, {days: [fri], from: '02:00', to: '02:30'}]
  prefer: [{days: [mon]}]
phases:
  - {id: ready, steps: [{id: book, confirm: Book the desk, due: T0 - 24h}, {id: look, confirm: Look, planned: 30m}]}
  - {id: night, window: true, planned: 1h, steps: [{id: act, confirm: Act}]}
)",
                                     "nights.yaml")
                              .plan.value();
        const auto at = [](const char* text) { return parse_instant(text, {}).value(); };
        const auto text = [](const std::optional<Nanos>& time) { return time ? utc(*time).substr(0, 16) : "none"; };
        const Nanos now = at("2026-01-06T12:00:00Z"); // a Tuesday
        const auto next = host::window_at(plan, {}, now);
        QVERIFY(next && !next->open && !next->meant);
        std::string coming;
        for (const auto& one : next->coming) {
            coming += text(one.from).substr(5) + (one.fits ? " fits, " : " is short, ");
        }
        QCOMPARE(coming,
                 "01-07T02:00 fits, 01-08T02:00 fits, 01-09T02:00 is short, 01-11T02:00 fits, 01-12T02:00 fits, ");
        QCOMPARE(next->planned.count, hours(1).count);
        QCOMPARE(text(next->t0), "2026-01-07T02:00");
        QCOMPARE(text(next->end), "2026-01-07T03:00");
        QCOMPARE(next->late, std::vector<plan::StepId>{"book"}); // less than a day before it

        const auto later = host::window_at(plan, {}, now, at("2026-01-12T02:00:00Z"));
        QVERIFY(later && !later->open && later->meant && later->late.empty());
        QCOMPARE(text(later->next), "2026-01-12T02:00");
        QCOMPARE(text(later->closes), "2026-01-12T04:00");
        QCOMPARE(later->warning, ""); // a Monday is preferred
        QCOMPARE(text(later->t0), "2026-01-12T02:00");
        QCOMPARE(text(later->end), "2026-01-12T03:00");
        QVERIFY(!host::window_at(plan, {}, now, at("2026-01-08T02:00:00Z"))->warning.empty());

        const auto is_short = host::window_at(plan, {}, now, at("2026-01-09T02:00:00Z"));
        QVERIFY(is_short && !is_short->open && !is_short->meant && !is_short->why.empty());
        QCOMPARE(text(is_short->next), "2026-01-11T02:00");
        QCOMPARE(text(is_short->t0), "2026-01-11T02:00");

        const auto refused = [&](const char* opening, const char* from) {
            const auto is_one = host::check_opening(plan, at(opening), at(from));
            return is_one ? std::string() : is_one.error().what + " | " + is_one.error().remedy;
        };
        const char* const tuesday = "2026-01-06T12:00:00Z";
        QCOMPARE(refused("2026-01-12T02:00:00Z", tuesday), "");
        QCOMPARE(refused("2026-01-12T02:00:00Z", "2026-01-12T02:00:00Z"), ""); // it opens now
        QCOMPARE(refused("2026-01-08T02:30:00Z", tuesday),
                 "the calendar has no opening then | the next one is at 2026-01-09T02:00:00.000Z; 'sluicectl calendar' "
                 "lists them");
        QCOMPARE(refused("2026-01-05T02:00:00Z", tuesday),
                 "this opening has begun | the next one is at 2026-01-07T02:00:00.000Z; 'sluicectl calendar' lists "
                 "them");
        plan::Plan free = plan;
        free.phases[1].window = false;
        QVERIFY(!host::check_opening(free, at("2026-01-12T02:00:00Z"), at(tuesday)));
        QVERIFY(host::check_opening(free, {}, at(tuesday)));

        // One that has begun is the next: what is left of it, as long as that fits.
        const auto begun = host::window_at(plan, {}, at("2026-01-08T02:10:00Z"), at("2026-01-08T02:00:00Z"));
        QVERIFY(begun && begun->open && !begun->meant);
        QCOMPARE(text(begun->t0), "none"); // whenever the first phase is done
        QCOMPARE(text(begun->coming.front().from), "2026-01-09T02:00");
        // Open, and yet T0 is another night: getting ready takes half an hour, and an hour would not fit then.
        QCOMPARE(text(host::window_at(plan, {}, at("2026-01-07T02:40:00Z"))->t0), "2026-01-08T02:00");
    }
};

SLUICE_TEST(PreflightTest)
#include "preflight_test.moc"
