#include "series/labels.h"

#include "base/json.h"
#include "support/suite.h"

#include <QtTest>
#include <map>
#include <random>
#include <stdexcept>

using namespace sluice;
using namespace sluice::series;

namespace {

using Model = std::map<std::string, std::string>;

bool same(const Labels& labels, const Model& model) {
    return labels.size() == model.size() &&
           std::equal(labels.begin(), labels.end(), model.begin(), [](const auto& label, const auto& entry) {
               return label.first == entry.first && label.second == entry.second;
           });
}

} // namespace

class LabelsTest : public QObject {
    Q_OBJECT

private slots:
    /// Whatever is done to one of several copies: each is what a map of its own would be, and they compare alike.
    void each_copy_is_a_map_of_its_own() {
        std::mt19937 chance(1);
        const auto below = [&](unsigned most) { return chance() % most; };
        const std::vector<std::string> words = {"", "__name__", "a", "job", "a label whose name is long enough"};
        std::vector<Labels> labels(3);
        std::vector<Model> models(3);
        for (int i = 0; i < 20'000; ++i) {
            const auto at = below(3);
            const std::string& name = words[below(5)];
            const std::string& value = words[below(5)];
            switch (below(7)) {
            case 0:
                labels[at][name] = value;
                models[at][name] = value;
                break;
            case 1:
                QCOMPARE(labels[at].emplace(name, value), models[at].emplace(name, value).second);
                break;
            case 2:
                QCOMPARE(labels[at].erase(name), models[at].erase(name));
                break;
            case 3: {
                const auto from = below(3);
                labels[at] = labels[from];
                models[at] = models[from];
                break;
            }
            case 4:
                erase_if(labels[at], [&](const auto& one) { return one.second == value; });
                std::erase_if(models[at], [&](const auto& one) { return one.second == value; });
                break;
            case 5:
                if (below(20) == 0) {
                    labels[at].clear();
                    models[at].clear();
                }
                break;
            default:
                QCOMPARE(std::string(label(labels[at], name)), models[at].contains(name) ? models[at].at(name) : "");
                QCOMPARE(labels[at].contains(name), models[at].contains(name));
            }
            for (std::size_t one = 0; one < 3; ++one) {
                QVERIFY(same(labels[one], models[one]));
                for (std::size_t other = 0; other < 3; ++other) {
                    QVERIFY((labels[one] <=> labels[other]) == (models[one] <=> models[other]));
                    QVERIFY((labels[one] == labels[other]) == (models[one] == models[other]));
                }
            }
        }
    }

    void the_first_of_a_name_counts() {
        const Labels labels = {{"b", "2"}, {"a", "1"}, {"b", "3"}};
        QCOMPARE(to_text(labels), R"({a="1", b="2"})");
        QCOMPARE(labels.at("b"), "2");
        QVERIFY_THROWS_EXCEPTION(std::out_of_range, labels.at("c"));
        const Json json = {{"labels", labels}};
        QCOMPARE(json.dump(), R"({"labels":{"a":"1","b":"2"}})");
        QCOMPARE(Json(Labels()).dump(), "{}");
    }

    void a_copy_shares_until_it_changes() {
        const Labels labels = {{"a", "1"}};
        Labels copy = labels;
        QVERIFY(copy.shares_with(labels));
        copy.erase("b"); // nothing to take away
        QVERIFY(!copy.emplace("a", "2") && copy.shares_with(labels));
        copy["b"] = "2";
        QVERIFY(!copy.shares_with(labels));
        QCOMPARE(to_text(labels), R"({a="1"})");
    }
};

SLUICE_TEST(LabelsTest)
#include "labels_test.moc"
