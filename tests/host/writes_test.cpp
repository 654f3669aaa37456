#include "base/digest.h"
#include "host/nova.h"
#include "support/suite.h"

#include <QtTest>
#include <map>
#include <set>

using namespace sluice;
using namespace sluice::host;

namespace {

/// What the range is to have heard of one writing request: who asked, what, with which body.
struct Request {
    std::string id, method, path, digest;
    auto operator<=>(const Request&) const = default;
};

std::string text(const Request& r) {
    return r.id + " " + r.method + " " + r.path + " " + r.digest.substr(0, 8);
}

/// The writes that an intent announces. Those with nothing to do send nothing. An HTTP action keeps neither its body
/// nor its address, only the path at its end.
std::vector<Request> announced(const release::Intent& intent) {
    std::vector<Request> found;
    const Json detail = intent.request.value("detail", Json::object());
    int n = 0;
    for (const Json& write : detail.value("writes", Json::array())) {
        ++n;
        if (!write["method"].get<std::string>().empty()) {
            found.push_back({intent.operation + "#write" + std::to_string(n), write["method"], write["path"],
                             hex(sha256(write["body"].get<std::string>()))});
        }
    }
    if (intent.kind == "http") {
        found.push_back({intent.operation + "#send", detail["method"], detail["url"], ""});
    }
    return found;
}

/// As the range has it; an HTTP action's path and body cut down to what its intent tells.
Request heard(const range::Written& written) {
    if (written.server == "kubernetes") {
        return {written.request_id, written.method, written.path, written.body_digest};
    }
    const auto service = written.path.find('/', written.path.find('/', 1) + 1);
    return {written.request_id, written.method,
            written.server == "service" ? written.path.substr(service) : written.path, ""};
}

QString difference(std::multiset<Request> announced, const std::vector<range::Written>& writes) {
    QString found;
    for (const auto& written : writes) {
        const Request request = heard(written);
        const auto at = announced.find(request);
        if (at == announced.end()) {
            found += "no intent for " + QString::fromStdString(text(request)) + "\n";
        } else {
            announced.erase(at);
        }
    }
    for (const auto& request : announced) {
        found += "never arrived: " + QString::fromStdString(text(request)) + "\n";
    }
    return found;
}

std::string kind_of(const plan::Step& step) {
    const auto* probe = std::get_if<plan::Probe>(&step.body);
    if (!probe) {
        return plan::kind_name(step.body);
    }
    static constexpr const char* names[] = {"probe http", "probe kubernetes", "probe run", "probe metric"};
    return names[probe->what.index()];
}

} // namespace

class WritesTest : public QObject {
    Q_OBJECT
private slots:
    void every_write_has_its_intent_and_every_intent_its_write_data() {
        QTest::addColumn<bool>("ramp");
        QTest::addColumn<QString>("option");
        QTest::newRow("ramp, to the end") << true << "";
        QTest::newRow("at once, to the end") << false << "";
        QTest::newRow("back to blue") << true << "to-blue";
        QTest::newRow("by the snapshot") << true << "database";
        QTest::newRow("green removed") << true << "full";
        QTest::newRow("staged") << true << "staged";
    }
    void every_write_has_its_intent_and_every_intent_its_write() {
        QFETCH(bool, ramp);
        QFETCH(QString, option);
        Wish wish;
        wish.ramp = ramp;
        Nova nova(wish);
        if (!option.isEmpty()) {
            nova.when("step-started", "monitor", [&] { nova.roll_back(option.toStdString()); });
        }
        QVERIFY(nova.run());
        QCOMPARE(nova.ending(), option.isEmpty() ? "done" : "rolled-back");
        std::multiset<Request> expected;
        std::map<std::string, Nanos> since, until;
        for (const auto& [time, intent] : nova.all<release::Intent>()) {
            since[intent.operation] = time;
            for (auto& request : announced(intent)) {
                expected.insert(request);
            }
        }
        for (const auto& [time, settled] : nova.all<release::Settled>()) {
            until[settled.operation] = time;
        }
        QCOMPARE(since.size(), until.size());
        const auto& writes = nova.host().range().writes().all();
        QVERIFY(writes.size() >= 5);
        QCOMPARE(difference(expected, writes), "");
        for (const auto& written : writes) {
            const std::string operation = written.request_id.substr(0, written.request_id.find('#'));
            QVERIFY2(written.at >= since[operation] && written.at <= until[operation], written.request_id.c_str());
            QVERIFY2(written.status >= 200 && written.status < 300, written.request_id.c_str());
        }
        qInfo("%zu operations, %zu writing requests", since.size(), writes.size());
    }

    void steps_that_speak_to_the_outside_go_over_sockets() {
        Wish wish;
        wish.shortened = false;
        Nova nova(wish);
        QVERIFY(nova.run());
        QCOMPARE(nova.ending(), "done");
        std::map<std::string, int> kinds;
        for (const auto& step : nova.release().plan->steps) {
            kinds[kind_of(step)] += nova.release().at(step.id).status == release::StepStatus::passed ? 1 : 0;
        }
        const auto requests = nova.host().range().requests();
        std::string told;
        for (const auto& [kind, count] : kinds) {
            told += kind + " " + std::to_string(count) + ", ";
        }
        for (const auto& [server, count] : requests) {
            told += server + " heard " + std::to_string(count) + " requests, ";
        }
        qInfo("%s%zu of them writing", told.c_str(), nova.host().range().writes().all().size());
        QVERIFY(kinds["kubernetes"] >= 4 && kinds["shift"] == 5 && kinds["http"] == 2 && kinds["scale"] == 1);
        QVERIFY(kinds["probe metric"] == 1 && kinds["probe http"] >= 8 && kinds["probe kubernetes"] >= 12);
        for (const auto* server : {"kubernetes", "edge", "service"}) {
            QVERIFY2(requests.at(server) > 0, server);
        }
    }
};

SLUICE_TEST(WritesTest)
#include "writes_test.moc"
