#include "rehearsed.h"
#include "support/suite.h"

using namespace sluice;
using namespace sluice::range;

namespace {

/// Names of the alerts that the simulated Alertmanager shows.
std::string firing(Rehearsed& rehearsed, const std::string& query = "") {
    const auto answer = rehearsed.send("GET", rehearsed.range->addresses().alertmanager + "/api/v2/alerts" + query);
    if (!answer || answer->status != 200) {
        return answer ? answer->body : to_text(answer.error());
    }
    std::string names;
    for (const Json& alert : Json::parse(answer->body)) {
        names += alert["labels"]["alertname"].get<std::string>() + " ";
    }
    return names;
}

} // namespace

class AlertmanagerTest : public QObject {
    Q_OBJECT
private slots:
    void it_shows_what_rules_fire_and_what_faults_bring() {
        Rehearsed r({"T+1m errors 8%", "T+2m alert Slow{severity=\"page\"} for 1m"});
        QCOMPARE(firing(r), std::string());
        r.pass(seconds(150));
        QCOMPARE(firing(r), std::string("Slow "));
        QCOMPARE(firing(r, "?filter=severity%3D%22page%22&filter=alertname%3D~%22S.*%22"), std::string("Slow "));
        QCOMPARE(firing(r, "?filter=severity%21%3D%22page%22"), std::string());
        QCOMPARE(firing(r, "?active=false"), std::string());
        QVERIFY(firing(r, "?filter=severity").find("bad matcher format") != std::string::npos);
        r.pass(minutes(10)); // more than 5 % of five minutes, and then for two
        QVERIFY(firing(r).starts_with("HighErrorRate "));
        QVERIFY(firing(r).find("Slow") == std::string::npos);
    }

    void it_says_what_it_is() {
        Rehearsed r;
        const std::string url = r.range->addresses().alertmanager;
        QVERIFY(Json::parse(r.send("GET", url + "/api/v2/status")->body).contains("versionInfo"));
        QCOMPARE(r.send("GET", url + "/-/healthy")->status, 200);
        QCOMPARE(r.send("GET", url + "/api/v2/silences")->status, 404);
        QCOMPARE(r.send("DELETE", url + "/api/v2/alerts")->status, 405);
    }
};

SLUICE_TEST(AlertmanagerTest)
#include "alertmanager_test.moc"
