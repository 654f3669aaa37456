#include "plan/loader.h"
#include "support/suite.h"

#include <QtTest>
#include <filesystem>

using namespace sluice;
using namespace sluice::plan;

class ShippedPlans : public QObject {
    Q_OBJECT

    static Plan nova() { return load_file(SLUICE_SOURCE_DIR "/plans/nova/blue-green.yaml").plan.value(); }

private slots:
    void every_plan_in_the_repository_loads_without_a_word() {
        namespace fs = std::filesystem;
        int plans = 0;
        for (const auto& entry : fs::recursive_directory_iterator(SLUICE_SOURCE_DIR "/plans")) {
            const std::string folder = entry.path().parent_path().filename();
            if (entry.path().extension() != ".yaml" || folder == "manifests" ||
                entry.path().filename() == "range.yaml") {
                continue;
            }
            const auto outcome = load_file(entry.path());
            for (const Diagnostic& diagnostic : outcome.diagnostics) {
                qWarning("%s", to_text(diagnostic, entry.path()).c_str());
            }
            // A shell step is flagged wherever it stands; the example that shows every kind has one.
            for (const Diagnostic& diagnostic : outcome.diagnostics) {
                QVERIFY2(folder == "complete" && diagnostic.what.starts_with("a shell step"), diagnostic.what.c_str());
            }
            QVERIFY(outcome.plan.has_value());
            QVERIFY(rehearsal_errors(*outcome.plan).empty());
            ++plans;
        }
        QVERIFY(plans >= 3);
    }

    void nova_says_where_each_step_comes_from() {
        const Plan plan = nova();
        for (const auto* steps : {&plan.steps, &plan.rollback_steps}) {
            for (const Step& step : *steps) {
                const bool container = std::holds_alternative<Group>(step.body);
                QVERIFY2(container || step.source.starts_with("002#"), step.id.c_str());
            }
        }
    }

    void nova_names_only_files_that_exist() {
        const Plan plan = nova();
        const std::filesystem::path folder = SLUICE_SOURCE_DIR "/plans/nova";
        QVERIFY(exists(folder / plan.rehearse["world"].get<std::string>()));
        for (const Step& step : plan.steps) {
            if (step.rehearse && !step.rehearse->apply.empty()) {
                QVERIFY(exists(folder / step.rehearse->apply));
            }
        }
    }

    void every_program_of_nova_that_changes_something_can_be_read_back() {
        const Plan plan = nova();
        for (const auto* steps : {&plan.steps, &plan.rollback_steps}) {
            for (const Step& step : *steps) {
                const bool reads_logs = step.id.ends_with("green-logs");
                if (std::holds_alternative<Run>(step.body) && !reads_logs) {
                    QVERIFY2(step.verify.has_value(), step.id.c_str());
                }
            }
        }
    }
};

SLUICE_TEST(ShippedPlans)
#include "shipped_plans_test.moc"
