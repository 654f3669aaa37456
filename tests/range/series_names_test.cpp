#include "range/series_names.h"
#include "rehearsed.h"

#include "support/suite.h"

using namespace sluice;
using namespace sluice::range;

class SeriesNamesTest : public QObject {
    Q_OBJECT
private slots:
    void they_are_those_of_a_rehearsal_with_errors_and_crashes() {
        Rehearsed r({"T+10s errors 8% for 8m on blue", "T+1m pods crash for 2m on blue"});
        r.pass(minutes(5));
        std::set<std::string> shown;
        const auto answer =
            r.send("GET", r.range->addresses().prometheus +
                              "/api/v1/query?query=count%20by%20(__name__)%20(%7B__name__%3D~%22.%2B%22%7D)");
        QVERIFY(answer.has_value());
        const Json body = Json::parse(answer->body);
        for (const Json& one : body["data"]["result"]) {
            shown.insert(one["metric"].value("__name__", ""));
        }
        const auto told = [](const std::set<std::string>& names) {
            QStringList all;
            for (const auto& name : names) {
                all << QString::fromStdString(name);
            }
            return all.join(' ');
        };
        QCOMPARE(told(shown), told(series_names(Profile())));
    }
};

SLUICE_TEST(SeriesNamesTest)
#include "series_names_test.moc"
