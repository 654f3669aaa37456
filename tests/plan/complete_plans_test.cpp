#include "plan/describe.h"
#include "plan/language.h"
#include "plan/loader.h"
#include "plan/reference.h"
#include "plan/templates.h"
#include "plan/yaml_tree.h"
#include "support/suite.h"

#include <QtTest>
#include <fstream>
#include <iterator>
#include <set>

using namespace sluice;
using namespace sluice::plan;

namespace {

std::string bytes_of(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// "step.confirm", "plan.phases", …: every key of every object of the table that a plan uses.
void collect(const Node& node, const Type& type, std::set<std::string>& used) {
    switch (type.kind) {
    case Type::Kind::object: {
        const ObjectShape& shape = object_shape(type.words[0]);
        for (const Entry& entry : node.entries) {
            if (const Key* key = shape.key(entry.key)) {
                used.insert(std::string(shape.name) + "." + entry.key);
                collect(entry.value, key->type, used);
            }
        }
        return;
    }
    case Type::Kind::list:
        for (const Node& item : node.items) {
            collect(item, type.parts[0], used);
        }
        return;
    case Type::Kind::one_or_more:
        if (node.is_list()) {
            for (const Node& item : node.items) {
                collect(item, type.parts[0], used);
            }
        } else {
            collect(node, type.parts[0], used);
        }
        return;
    case Type::Kind::map:
        for (const Entry& entry : node.entries) {
            collect(entry.value, type.parts[1], used);
        }
        return;
    case Type::Kind::either:
        for (const Type& part : type.parts) {
            const bool map = part.kind == Type::Kind::object || part.kind == Type::Kind::map;
            if (map == node.is_map()) {
                collect(node, part, used);
            }
        }
        return;
    default:
        return;
    }
}

std::set<std::string> used_by(const std::vector<std::string>& files) {
    std::set<std::string> used;
    for (const auto& file : files) {
        const auto root = read_yaml(bytes_of(file));
        if (root) {
            collect(*root, {Type::Kind::object, {"plan"}}, used);
        }
    }
    return used;
}

} // namespace

class CompletePlans : public QObject {
    Q_OBJECT
private slots:
    void two_examples_use_every_kind_and_every_attribute() {
        const std::string folder = SLUICE_SOURCE_DIR "/plans/examples/complete/";
        const auto used = used_by({folder + "service.yaml", folder + "procedure.yaml"});
        QVERIFY(used.size() > 100);
        std::string missing;
        for (const ObjectShape& shape : language()) {
            const std::string object(shape.name);
            for (const Key& key : shape.keys) {
                const std::string name = object + "." + std::string(key.name);
                if (!used.contains(name)) {
                    missing += name + " ";
                }
            }
        }
        QVERIFY2(missing.empty(), missing.c_str());
    }

    void every_template_is_a_plan_that_can_be_rehearsed() {
        QVERIFY(templates().size() >= 3);
        for (const Template& one : templates()) {
            const auto outcome = load(std::string(one.text), std::string(one.name));
            for (const Diagnostic& diagnostic : outcome.diagnostics) {
                qWarning("%s", to_text(diagnostic, std::string(one.name)).c_str());
            }
            QVERIFY(outcome.plan.has_value());
            QVERIFY(outcome.diagnostics.empty());
            QVERIFY(rehearsal_errors(*outcome.plan).empty());
            QVERIFY(one.text.starts_with("# ")); // what it is for, in the list
        }
    }

    void the_manual_s_page_is_what_the_table_makes() {
        const std::string page = bytes_of(SLUICE_SOURCE_DIR "/resources/manual/09-plan-reference.md");
        QVERIFY2(page == reference_markdown(),
                 "make it anew: sluicectl schema --format markdown > resources/manual/09-plan-reference.md");
        for (const ObjectShape& shape : language()) {
            QVERIFY(page.find("## " + std::string(shape.name) + "\n") != std::string::npos);
        }
    }

    void what_a_variant_leaves_out_is_told_of_its_steps() {
        auto plan = load(R"(sluice: 1
id: p
calendar: {allow: [{from: '02:00', to: '04:00'}]}
variants: {quick: {window: false, omit: [soak]}}
phases: [{id: one, steps: [{id: ask, confirm: A}, {id: soak, wait: 3h}, {id: open, wait: {window: true}}]}]
)",
                         "p")
                        .plan.value();
        const auto tree = [&] { return QString::fromStdString(describe_tree(plan)); };
        QVERIFY2(!tree().contains("does not apply"), qPrintable(tree()));
        QVERIFY(take_variant(plan, "quick").has_value());
        QVERIFY2(tree().contains("Soak: wait 3h  [does not apply: the variant 'quick' leaves it out]"),
                 qPrintable(tree()));
        QVERIFY2(tree().contains("[does not apply: the variant 'quick' is not bound by the calendar]"),
                 qPrintable(tree()));
        const Json steps = describe_json(plan)["steps"];
        QVERIFY(!steps[0].contains("left-out"));
        QCOMPARE(steps[1]["left-out"].get<std::string>(), std::string("the variant 'quick' leaves it out"));
    }

    void a_variant_that_is_not_there_is_refused() {
        auto loaded = load_file(SLUICE_SOURCE_DIR "/plans/examples/complete/service.yaml");
        QVERIFY(loaded.plan.has_value());
        const auto taken = take_variant(*loaded.plan, "urgnt");
        QVERIFY(!taken.has_value());
        QCOMPARE(taken.error().remedy, "one of: urgent");
        QVERIFY(take_variant(*loaded.plan, "urgent").has_value());
        QVERIFY(!loaded.plan->step("certificate")->left_out.empty());
        QVERIFY(loaded.plan->step("green-ready")->left_out.empty());
    }

    void an_undo_of_any_kind_is_rolled_up_last_first() {
        const auto loaded = load_file(SLUICE_SOURCE_DIR "/plans/examples/complete/procedure.yaml");
        QVERIFY(loaded.plan.has_value());
        const Option* undo = loaded.plan->option("undo");
        QCOMPARE(undo->steps, (std::vector<StepId>{"undo/audit-ahead", "undo/keep-longer", "undo/pool", "undo/copy",
                                                   "undo/lock", "undo/unseal"}));
        QVERIFY(undo == loaded.plan->default_option());
        QVERIFY(std::holds_alternative<External>(loaded.plan->step("undo/pool")->body));
        QVERIFY(std::holds_alternative<Shell>(loaded.plan->step("undo/copy")->body));
        QVERIFY(std::holds_alternative<Run>(loaded.plan->step("undo/lock")->body));
        QVERIFY(std::holds_alternative<Confirm>(loaded.plan->step("undo/unseal")->body));
        QCOMPARE(loaded.plan->step("undo/unseal")->title, "Seal the vault");
        QCOMPARE(loaded.plan->step("undo/lock")->undoes, "lock");
        QCOMPARE(loaded.plan->step("undo/lock")->title, "Undo: Nothing is written meanwhile");
    }
};

SLUICE_TEST(CompletePlans)
#include "complete_plans_test.moc"
