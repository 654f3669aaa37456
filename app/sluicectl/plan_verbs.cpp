#include "plan/describe.h"
#include "plan/loader.h"
#include "plan/schema.h"
#include "sluicectl/verbs.h"

namespace sluicectl {
namespace {

int validate(const std::vector<std::string>& files) {
    bool good = true;
    for (const auto& file : files) {
        const auto loaded = sluice::plan::load_file(file);
        for (const auto& diagnostic : loaded.diagnostics) {
            fmt::print(stderr, "{}\n", sluice::plan::to_text(diagnostic, file));
        }
        good = good && loaded.plan;
        if (loaded.plan) {
            fmt::print("{}: valid, {} in {}\n", file, counted(loaded.plan->steps.size(), "step"),
                       counted(loaded.plan->phases.size(), "phase"));
        }
    }
    return good ? done : bad_input;
}

int show(const std::string& file, const std::string& format) {
    const auto loaded = sluice::plan::load_file(file);
    for (const auto& diagnostic : loaded.diagnostics) {
        fmt::print(stderr, "{}\n", sluice::plan::to_text(diagnostic, file));
    }
    if (!loaded.plan) {
        return bad_input;
    }
    fmt::print("{}", format == "json" ? sluice::plan::describe_json(*loaded.plan).dump(2) + "\n"
                                      : sluice::plan::describe_tree(*loaded.plan));
    return done;
}

} // namespace

void add_plan_verbs(CLI::App& app, Action& action) {
    auto* validate_verb = app.add_subcommand("validate", "Check plans; tell every error with file, line and column");
    auto files = std::make_shared<std::vector<std::string>>();
    validate_verb->add_option("PLAN", *files, "Files of plans")->required();
    validate_verb->callback([&action, files] { action = [files] { return validate(*files); }; });

    auto* show_verb = app.add_subcommand("show", "Show a plan");
    auto file = std::make_shared<std::string>();
    auto format = std::make_shared<std::string>("tree");
    show_verb->add_option("PLAN", *file, "File of the plan")->required();
    show_verb->add_option("--format", *format, "For people or for programs")
        ->check(CLI::IsMember({"tree", "json"}))
        ->capture_default_str();
    show_verb->callback([&action, file, format] { action = [file, format] { return show(*file, *format); }; });

    auto* schema_verb = app.add_subcommand("schema", "Print the JSON Schema of the plan language, for editors");
    schema_verb->callback([&action] {
        action = [] {
            fmt::print("{}\n", sluice::plan::json_schema().dump(2));
            return static_cast<int>(done);
        };
    });
}

} // namespace sluicectl
