#include "host/plan_check.h"
#include "host/policy_file.h"
#include "plan/describe.h"
#include "plan/fill.h"
#include "plan/loader.h"
#include "plan/reference.h"
#include "plan/schema.h"
#include "plan/templates.h"
#include "plan/variables.h"
#include "release/covered.h"
#include "release/demand.h"
#include "sluicectl/verbs.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>

namespace sluicectl {
namespace {

/// What the policy makes of a plan, with its variables at their defaults.
bool hold_against(const sluice::plan::Plan& plan, const std::string& file, const sluice::host::PinnedPolicy& pinned) {
    sluice::release::SessionOpened session;
    session.plan_source = plan.source;
    session.plan_file = file;
    session.mode = "validate";
    session.variables = sluice::plan::freeze(plan, {}, {}).values;
    sluice::release::Release release;
    sluice::release::apply(release, {1, {}, session});
    auto bound = pinned.bound;
    for (const auto& [to, text] :
         {std::pair(&bound.type, &plan.release.type), std::pair(&bound.environment, &plan.release.environment)}) {
        const auto filled = sluice::plan::fill(*text, sluice::release::scope(release));
        if (!filled) {
            fmt::print(stderr, "{}: warning: '{}' is only known at the start, and so is what the policy demands\n",
                       file, *text);
            return true;
        }
        *to = *filled;
    }
    sluice::release::apply(release, {2, {}, bound});
    const auto raised = sluice::release::raise(release);
    if (!raised) {
        fmt::print(stderr, "{}: error: {}\n", file, sluice::to_text(raised.error()));
        return false;
    }
    for (const auto& line : *raised) {
        fmt::print("{}: by the policy, {}\n", file, line);
    }
    for (const auto& step : plan.steps) {
        const auto* approve = std::get_if<sluice::plan::Approve>(&step.body);
        const auto covered = approve ? sluice::release::covered_by(release, step.id) : std::vector<std::string>{};
        if (approve) {
            fmt::print("{}: {} approves {}\n", file, step.id,
                       covered.empty() ? "nothing that acts" : fmt::format("{}", fmt::join(covered, ", ")));
        }
    }
    return true;
}

/// As of now, with the plan's variables at their defaults. Where one has none, steps that hang on it count though they
/// may not apply: that is no error yet. Nor is a calendar of dates that have passed: the plan was good in its time.
bool fits_the_calendar(const sluice::plan::Plan& plan, const std::string& file) {
    const sluice::Nanos now{std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count()};
    const auto frozen = sluice::plan::freeze(plan, {}, {});
    const bool certain = frozen.errors.empty() && sluice::plan::next_open(plan.calendar, now);
    auto never = sluice::host::window_errors(plan, frozen.values, now);
    for (auto& diagnostic : never) {
        if (!certain) {
            diagnostic.severity = sluice::plan::Severity::warning;
        }
        fmt::print(stderr, "{}\n", sluice::plan::to_text(diagnostic, file));
    }
    return never.empty() || !certain;
}

/// Who needs one of them in an emergency must not learn only then that it can't start.
bool variants_are_good(const sluice::plan::Plan& plan, const std::string& file,
                       const std::optional<sluice::host::PinnedPolicy>& pinned) {
    bool good = true;
    for (const auto& variant : plan.variants) {
        auto taken = plan;
        if (!sluice::plan::take_variant(taken, variant.id)) {
            continue;
        }
        const std::string which = fmt::format("{}, variant {}", file, variant.id);
        const bool fits = fits_the_calendar(taken, which);
        good = fits && (!pinned || hold_against(taken, which, *pinned)) && good;
    }
    return good;
}

int validate(const std::vector<std::string>& files, const std::string& policy) {
    bool good = true;
    std::optional<sluice::host::PinnedPolicy> pinned;
    if (!policy.empty()) {
        auto read = sluice::host::read_policy(policy);
        if (!read) {
            return complain(read.error());
        }
        pinned = std::move(*read);
        fmt::print("{}: valid, {} and {}\n", policy, counted(pinned->policy.people.size(), "person"),
                   counted(pinned->policy.rules.size(), "rule"));
    }
    for (const auto& file : files) {
        const auto loaded = sluice::host::read_plan(file);
        for (const auto& diagnostic : loaded.diagnostics) {
            fmt::print(stderr, "{}\n", sluice::plan::to_text(diagnostic, file));
        }
        const bool fits = loaded.plan && fits_the_calendar(*loaded.plan, file);
        good = good && fits;
        if (fits) {
            fmt::print("{}: valid, {} in {}\n", file, counted(loaded.plan->steps.size(), "step"),
                       counted(loaded.plan->phases.size(), "phase"));
            good = (!pinned || hold_against(*loaded.plan, file, *pinned)) && good;
            good = variants_are_good(*loaded.plan, file, pinned) && good;
        }
    }
    return good ? done : bad_input;
}

int show(const std::string& file, const std::string& format, const std::string& variant) {
    auto loaded = sluice::plan::load_file(file);
    for (const auto& diagnostic : loaded.diagnostics) {
        fmt::print(stderr, "{}\n", sluice::plan::to_text(diagnostic, file));
    }
    if (!loaded.plan) {
        return bad_input;
    }
    if (const auto taken = sluice::plan::take_variant(*loaded.plan, variant); !taken) {
        return complain(taken.error());
    }
    fmt::print("{}", format == "json" ? sluice::plan::describe_json(*loaded.plan).dump(2) + "\n"
                                      : sluice::plan::describe_tree(*loaded.plan));
    return done;
}

std::string first_line(std::string_view text) {
    const std::string_view line = text.substr(0, text.find('\n'));
    return std::string(line.starts_with("# ") ? line.substr(2) : line);
}

int start_new(const std::string& name, const std::string& into) {
    const auto& all = sluice::plan::templates();
    if (name.empty()) {
        for (const auto& one : all) {
            fmt::print("{:<12} {}\n", one.name, first_line(one.text));
        }
        return done;
    }
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
    if (found == all.end()) {
        std::vector<std::string_view> names;
        names.reserve(all.size());
        for (const auto& one : all) {
            names.push_back(one.name);
        }
        return complain({sluice::ErrorCode::bad_input, "there is no template '" + name + "'", "new",
                         fmt::format("one of: {}", fmt::join(names, ", "))});
    }
    if (into.empty()) {
        fmt::print("{}", found->text);
        return done;
    }
    // A plan that is there is somebody's work.
    std::FILE* file = std::fopen(into.c_str(), "wxe");
    if (!file) {
        const bool there = errno == EEXIST;
        return complain({there ? sluice::ErrorCode::bad_input : sluice::ErrorCode::io,
                         there ? "the file is there already" : std::strerror(errno), into,
                         there ? "name another one, or remove it first" : ""});
    }
    const bool whole = std::fwrite(found->text.data(), 1, found->text.size(), file) == found->text.size();
    if (std::fclose(file) != 0 || !whole) {
        return complain({sluice::ErrorCode::io, "it could not be written whole", into, {}});
    }
    fmt::print("{}: now 'sluicectl validate {}'\n", into, into);
    return done;
}

} // namespace

void add_plan_verbs(CLI::App& app, Action& action) {
    auto* validate_verb = app.add_subcommand("validate", "Check plans; tell every error with file, line and column");
    auto files = std::make_shared<std::vector<std::string>>();
    auto policy = std::make_shared<std::string>();
    auto* plans = validate_verb->add_option("PLAN", *files, "Files of plans");
    auto* policy_option = validate_verb->add_option(
        "--policy", *policy, "Check this policy, and what it makes of the plans; without plans the policy alone");
    validate_verb->callback([&action, files, policy, plans, policy_option] {
        if (plans->count() + policy_option->count() == 0) {
            throw CLI::RequiredError("PLAN or --policy");
        }
        action = [files, policy] { return validate(*files, *policy); };
    });

    auto* show_verb = app.add_subcommand("show", "Show a plan");
    auto file = std::make_shared<std::string>();
    auto format = std::make_shared<std::string>("tree");
    show_verb->add_option("PLAN", *file, "File of the plan")->required();
    show_verb->add_option("--format", *format, "For people or for programs")
        ->check(CLI::IsMember({"tree", "json"}))
        ->capture_default_str();
    auto variant = std::make_shared<std::string>();
    show_verb->add_option("--variant", *variant, "Another way through the plan, for a contingency");
    show_verb->callback([&action, file, format, variant] {
        action = [file, format, variant] { return show(*file, *format, *variant); };
    });

    auto* schema_verb =
        app.add_subcommand("schema", "Print the plan language: JSON Schema for editors, or a page to read");
    auto form = std::make_shared<std::string>("json");
    auto of_policy = std::make_shared<bool>(false);
    auto* form_option = schema_verb->add_option("--format", *form, "For editors or for people")
                            ->check(CLI::IsMember({"json", "markdown"}))
                            ->capture_default_str();
    schema_verb->add_flag("--policy", *of_policy, "The JSON Schema of policies instead")->excludes(form_option);
    schema_verb->callback([&action, form, of_policy] {
        action = [form, of_policy] {
            fmt::print("{}", *of_policy            ? sluice::plan::policy_schema().dump(2) + "\n"
                             : *form == "markdown" ? sluice::plan::reference_markdown()
                                                   : sluice::plan::json_schema().dump(2) + "\n");
            return static_cast<int>(done);
        };
    });

    auto* new_verb = app.add_subcommand("new", "Start a plan from a template; without one, list them");
    auto name = std::make_shared<std::string>();
    auto into = std::make_shared<std::string>();
    auto* which = new_verb->add_option("TEMPLATE", *name, "Its name");
    new_verb->add_option("-o,--output", *into, "File to write; default standard output")->needs(which);
    new_verb->callback([&action, name, into] { action = [name, into] { return start_new(*name, *into); }; });
}

} // namespace sluicectl
