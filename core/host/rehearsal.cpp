#include "host/rehearsal.h"

#include "base/digest.h"
#include "host/assumed_world.h"
#include "host/plan_check.h"
#include "host/rehearsed_kafka.h"
#include "kubernetes/yaml.h"
#include "plan/fill.h"
#include "plan/loader.h"
#include "plan/way.h"
#include "release/schedule.h"
#include "release/standstill.h"
#include "release/ways_back.h"
#include "release/window.h"

#include <chrono>
#include <fmt/format.h>

namespace sluice::host {
namespace {

session::Seed key_seed(std::uint64_t seed) {
    const Digest digest = sha256(fmt::format("sluice rehearsal key {}", seed));
    session::Seed bytes{};
    std::copy(digest.begin(), digest.end(), bytes.begin());
    return bytes;
}

Nanos machine_now() {
    return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
                .count()};
}

/// How long before T0 the plan's lists begin: the furthest 'T0 - 24h' of its steps; 0 = none names such a moment.
Nanos time_before_t0(const plan::Plan& plan) {
    Nanos longest;
    for (const auto& step : plan.steps) {
        for (const auto* moment : {&step.not_before, &step.due}) {
            if (*moment && (*moment)->step.empty()) {
                longest = std::max(longest, -(*moment)->delay);
            }
        }
    }
    return longest;
}

/// How long what comes before the phase that T0 is the start of takes, as far as the plan says.
Nanos time_until_t0(const release::Release& release) {
    Nanos sum;
    for (const auto& phase : release.plan->phases) {
        if (phase.window) {
            break;
        }
        sum += release::planned_length(release, phase);
    }
    return sum;
}

/// When a rehearsal begins that is for this opening: in time for the plan's lists, and for what comes before T0.
RehearsalStart for_opening(const CheckedPlan& checked, Nanos opening) {
    const auto release = release::at_start(std::make_shared<const plan::Plan>(checked.plan), checked.values, opening);
    return {opening - std::max(time_before_t0(checked.plan) * 2, time_until_t0(release))};
}

/// So long before an opening that it is the next one: the plan's lists hang on the opening that comes first.
std::optional<Nanos> before_an_opening(const release::Release& release, Nanos at, Nanos lead) {
    const auto openings = plan::openings(release.plan->calendar, at, 40);
    for (const auto& opening : openings ? *openings : std::vector<plan::Opening>{}) {
        const Nanos start = opening.from - lead;
        if (start >= at && release::next_t0(release, start) == opening.from) {
            return start;
        }
    }
    return std::nullopt;
}

/// The first opening that a session which begins so long before it, at `at` or later, can be for.
std::optional<RehearsalStart> for_a_later_opening(const release::Release& release, const plan::Phase& first, Nanos at,
                                                  Nanos lead) {
    const auto openings = plan::openings(release.plan->calendar, at + lead, 40);
    for (const auto& opening : openings ? *openings : std::vector<plan::Opening>{}) {
        if (release::may_start(release, first, opening.from).open) {
            return RehearsalStart{opening.from - lead, opening.from};
        }
    }
    return std::nullopt;
}

tl::unexpected<Error> refused(const std::vector<plan::Diagnostic>& diagnostics, const std::string& file) {
    std::string all;
    for (const auto& diagnostic : diagnostics) {
        all += (all.empty() ? "" : "\n") + plan::to_text(diagnostic, file);
    }
    return fail(ErrorCode::bad_input, all);
}

/// From when on a rehearsal looks for its window.
constexpr Nanos year{1'767'225'600'000'000'000}; // 2026-01-01T00:00:00Z

/// So often, in its own time, a rehearsal looks whether it stands still, and so often it must have seen that.
constexpr Nanos standstill_interval = minutes(1);
constexpr int standstill_looks = 10;

} // namespace

Result<RehearsalStart> rehearsal_start(const plan::Plan& plan) {
    const auto first =
        std::find_if(plan.phases.begin(), plan.phases.end(), [](const auto& phase) { return phase.window; });
    if (first == plan.phases.end()) {
        return RehearsalStart{year};
    }
    const auto release = release::at_start(std::make_shared<const plan::Plan>(plan), {}, year);
    // Nobody is late at once, where the openings are far enough from each other: then as long again is left before the
    // first moment that the plan names, or a little of it.
    const Nanos before = time_before_t0(plan);
    for (const Nanos lead : {before * 2, before + minutes(10)}) {
        if (const auto start = before > Nanos{} ? before_an_opening(release, year, lead) : std::nullopt) {
            return RehearsalStart{*start};
        }
    }
    if (const auto later = before > Nanos{} ? for_a_later_opening(release, *first, year, before * 2) : std::nullopt) {
        return *later;
    }
    // A calendar of named dates may open in another year first; it is looked for as far as plans are written ahead.
    release::WindowAnswer answer;
    for (int i = 0; i < 20; ++i) {
        const Nanos from = year + hours(24) * 365 * i;
        answer = release::may_start(release, *first, from);
        if (answer.open || answer.until.count != 0) {
            return RehearsalStart{answer.open ? from : answer.until};
        }
    }
    return fail(ErrorCode::not_found, answer.why, first->id,
                "widen the calendar, plan for less time, or begin the rehearsal in a year of its own with --start");
}

namespace {

/// What goes through a cluster's service proxy goes through the range's; no other way around leads into it.
bool by_cluster(const Json& settings) {
    return plan::way_of(settings).kind == plan::Way::Kind::service_proxy;
}

/// The simulated services show their metrics under /metrics, wherever the real ones do.
Result<Json> scraped_in_range(const plan::Connection& connection, const range::Addresses& addresses) {
    const Json& settings = connection.settings;
    Json replaced{{"url", addresses.edge + "/metrics"}, {"headers", settings.value("headers", Json::object())}};
    if (settings.contains("rehearse")) {
        const auto service = addresses.direct(settings["rehearse"].get<std::string>());
        if (!service) {
            return failed(service);
        }
        replaced["url"] = *service + "/metrics";
    } else if (by_cluster(settings)) {
        const std::string url = settings.value("url", "");
        replaced["url"] = url.substr(0, url.find('/', url.find("://") + 3)) + "/metrics";
        replaced["via"] = settings["via"];
    }
    return replaced;
}

bool is_told(const plan::Plan& plan, const std::string& connection) {
    return std::any_of(plan.channels.begin(), plan.channels.end(),
                       [&](const plan::Channel& one) { return one.on == connection; });
}

/// Only messages go there: nothing is asked of it.
bool only_told(const plan::Plan& plan, const std::string& connection) {
    const auto on = [&](const auto& one) { return one.on == connection; };
    const auto used = [&](const plan::Step& step) {
        return on(step) || (step.ready && on(*step.ready)) || (step.undo && on(*step.undo));
    };
    return is_told(plan, connection) && std::none_of(plan.steps.begin(), plan.steps.end(), used) &&
           std::none_of(plan.rollback_steps.begin(), plan.rollback_steps.end(), used) &&
           std::none_of(plan.traffic.begin(), plan.traffic.end(), on) &&
           std::none_of(plan.metrics.begin(), plan.metrics.end(),
                        [&](const plan::Metric& one) { return one.from == connection; });
}

} // namespace

Result<std::map<std::string, Json>> range_connections(const plan::Plan& plan, const range::Addresses& addresses) {
    std::map<std::string, Json> replaced;
    for (const auto& connection : plan.connections) {
        switch (connection.kind) {
        case plan::ConnectionKind::kubernetes:
            replaced[connection.name] = {
                {"server", addresses.kubernetes}, {"token", addresses.token}, {"ca_pem", addresses.ca_pem}};
            break;
        case plan::ConnectionKind::prometheus:
            if (!by_cluster(connection.settings)) {
                replaced[connection.name] = {{"url", addresses.prometheus}};
            }
            break;
        case plan::ConnectionKind::alertmanager:
            if (!by_cluster(connection.settings)) {
                replaced[connection.name] = {{"url", addresses.alertmanager}};
            }
            break;
        case plan::ConnectionKind::scrape: {
            auto settings = scraped_in_range(connection, addresses);
            if (!settings) {
                return failed(settings);
            }
            replaced[connection.name] = *std::move(settings);
            break;
        }
        case plan::ConnectionKind::http:
            // What goes through the service proxy goes through the range's; another address is the public side, unless
            // the plan names the service that stands behind it, or it is a chat. Of a chat that steps ask something too
            // only the messages are taken as such.
            if (connection.settings.contains("rehearse")) {
                const auto service = addresses.direct(connection.settings["rehearse"].get<std::string>());
                if (!service) {
                    return failed(service);
                }
                replaced[connection.name] = {{"url", *service},
                                             {"headers", connection.settings.value("headers", Json::object())}};
            } else if (!by_cluster(connection.settings)) {
                const bool only_messages = only_told(plan, connection.name);
                replaced[connection.name] = {{"url", only_messages ? addresses.messages() : addresses.edge},
                                             {"headers", connection.settings.value("headers", Json::object())}};
                if (!only_messages && is_told(plan, connection.name)) {
                    replaced[connection.name]["messages"] = addresses.messages();
                }
            }
            break;
        case plan::ConnectionKind::kafka:
            replaced[connection.name] = {{"bootstrap", addresses.kafka},
                                         {"group-offsets", "named"},
                                         {"topics-at", addresses.topics + "/as/" + connection.name}};
            break;
        case plan::ConnectionKind::host:
            // Nobody opens a socket to it: what one would find is acted out. So no file of the desk is read either.
            replaced[connection.name] = {{"host", "rehearsed.invalid"}};
            break;
        }
    }
    return replaced;
}

namespace {

Result<std::vector<range::Fault>> read_faults(const plan::Plan& plan, const std::vector<std::string>& texts) {
    std::vector<std::string> arms;
    for (const auto& arm : plan.arms) {
        arms.push_back(arm.name);
    }
    std::vector<range::Fault> faults;
    for (const auto& text : texts) {
        auto fault = range::parse_fault(text, arms);
        if (!fault) {
            return failed(fault);
        }
        if (fault->start.kind == range::FaultStart::Kind::step && !plan.step(fault->start.step)) {
            return fail(ErrorCode::bad_input, "the plan has no step '" + fault->start.step + "'",
                        "--fault '" + text + "'", "'sluicectl show' lists them");
        }
        faults.push_back(std::move(*fault));
    }
    return faults;
}

} // namespace

Nanos rehearsed_history(const plan::Plan& plan) {
    return std::max(range::RangeOptions{}.history, engine::BeforeStart::reach(plan));
}

Result<range::RangeOptions> range_options(const plan::Plan& plan, const plan::Scope& values, const std::string& folder,
                                          std::uint64_t seed, const std::vector<std::string>& faults) {
    range::RangeOptions options;
    options.seed = seed;
    options.history = rehearsed_history(plan);
    for (const auto& arm : plan.arms) {
        options.arms.push_back({arm.name, arm.workload, arm.service});
    }
    auto read = read_faults(plan, faults);
    if (!read) {
        return failed(read);
    }
    options.faults = std::move(*read);
    add_kafka(plan, values, options);
    const bool named = plan.rehearse.is_object() && plan.rehearse.contains("world");
    if (named) {
        options.world_name = plan.rehearse["world"].get<std::string>();
        const auto text = read_file(folder + "/" + options.world_name);
        if (!text) {
            return failed(text);
        }
        auto world = plan::fill(*text, values);
        if (!world) {
            return failed(world);
        }
        options.world = std::move(*world);
    } else {
        options.world_name = "the world that the plan takes for granted";
        options.world = assumed_world(plan, values);
    }
    Json profile = plan.rehearse.is_object() ? plan.rehearse.value("profile", Json::object()) : Json::object();
    if (const std::string entry = assumed_entry(plan); !named && !entry.empty() && profile.is_object()) {
        profile.emplace("ingress", entry); // what the plan says goes before it
    }
    auto load = range::parse_profile(profile);
    if (!load) {
        return failed(load);
    }
    options.profile = std::move(*load);
    return options;
}

Result<std::string> filled_manifest(const std::string& text, const std::string& file, const release::Release& release) {
    const plan::Scope scope = release::scope(release);
    return kubernetes::fill_manifest(text, file, [&scope](std::string_view one) { return plan::fill(one, scope); });
}

Rehearsal::Rehearsal(const RehearsalOptions& options, Nanos start)
    : SessionHost(options.paths), scheduler_(start), driver_(scheduler_), http_(scheduler_),
      secrets_(Secrets::invented()), plan_folder_(std::filesystem::absolute(options.plan_file).parent_path().string()),
      assume_yes_(options.assume_yes), unattended_(options.unattended) {
    driver_.set_speed(options.speed);
}

Rehearsal::~Rehearsal() {
    driver_.stop();
    let_go();
}

engine::Outside Rehearsal::outside() {
    return {scheduler_,
            http_,
            [](const std::string& path) { return read_file(path); },
            [this](const std::string& reference) { return secrets_.resolve(reference); },
            secrets_.redactions(),
            machine_now,
            ""};
}

Result<void> Rehearsal::build_range(const RehearsalOptions& options, const plan::Plan& plan,
                                    const plan::Scope& values) {
    auto wanted = range_options(plan, values, plan_folder_, options.seed, options.faults);
    if (!wanted) {
        return failed(wanted);
    }
    for (const auto& fault : wanted->faults) {
        if (fault.start.kind == range::FaultStart::Kind::time) {
            last_fault_ = std::max(last_fault_, scheduler_.now() + fault.start.after + fault.lasts.value_or(Nanos{}));
        }
    }
    auto started = range::Range::start(scheduler_, std::move(*wanted));
    if (!started) {
        return failed(started);
    }
    range_ = std::move(*started);
    range::SimulatedProcesses::Production production;
    production.apply = [this](const std::string& file) -> Result<void> {
        const auto text = read_file(plan_folder_ + "/" + file);
        if (!text) {
            return failed(text);
        }
        const auto filled = filled_manifest(*text, file, engine().release());
        if (!filled) {
            return failed(filled);
        }
        return range_->apply_manifest(*filled, file);
    };
    production.remove = [this](const std::string& object) { return range_->remove(object); };
    processes_ = std::make_unique<range::SimulatedProcesses>(scheduler_, std::move(production));
    return {};
}

/// A person thinks in real time; where answers are assumed, only what is never assumed waits for one, and where nobody
/// is there at all not even that, if it comes to a way back by itself. What stands still waits for one too: it can be
/// overridden.
void Rehearsal::set_pace() {
    const auto& release = engine().release();
    const bool asks = assume_yes_ ? release::needs_decision(release) : release::needs_person(release);
    const bool goes_on = unattended_ && release::rolls_back_unanswered(release);
    driver_.real_time(!release.closed() && (stood_ >= standstill_looks || (asks && !goes_on)));
}

/// A fault that is still to come can change everything. What triggers and assumed answers bring within seconds is
/// waited for by looking several times.
std::optional<Error> Rehearsal::stands_still() {
    return scheduler_.now() < last_fault_ ? std::nullopt
                                          : release::standstill(engine().release(), scheduler_.now(), !assume_yes_);
}

void Rehearsal::look_for_standstill() {
    looking_ = TimerId::none;
    if (engine().release().closed()) {
        return; // rolled back later, it is looked at again
    }
    const auto error = stands_still();
    stood_ = error ? stood_ + 1 : 0;
    if (stood_ == standstill_looks) {
        set_pace();
        tell_standstill(*error);
    }
    looking_ = scheduler_.after(standstill_interval, [this] { look_for_standstill(); });
}

void Rehearsal::follow() {
    engine().journal().listen([this](std::span<const release::Event> events) {
        for (const auto& event : events) {
            if (const auto* started = std::get_if<release::StepStarted>(&event.body)) {
                range_->step_started(started->step);
            }
        }
        if (stood_ > 0 && !stands_still()) {
            stood_ = 0;
        }
        if (looking_ == TimerId::none) {
            look_for_standstill();
        }
        set_pace();
    });
    for (const auto& [id, state] : engine().release().steps) {
        if (state.attempt > 0) {
            range_->step_started(id); // before anybody listened
        }
    }
    look_for_standstill();
    set_pace(); // the first step may wait for a person already
}

Result<CheckedPlan> check_rehearsal(const RehearsalOptions& options) {
    auto checked = check_plan(options.plan_file, options.values, options.variant);
    if (!checked) {
        return checked;
    }
    if (const auto missing = rehearsal_errors(checked->plan, options.plan_file); !missing.empty()) {
        return refused(missing, options.plan_file);
    }
    if (const auto faults = read_faults(checked->plan, options.faults); !faults) {
        return failed(faults);
    }
    std::error_code ignored;
    if (!options.session.empty() && std::filesystem::exists(options.session, ignored)) {
        return fail(ErrorCode::refused, "there is a file of that name", options.session.string(),
                    "name another with --session");
    }
    return checked;
}

Result<void> check_windows(const CheckedPlan& checked, const std::string& file, Nanos at) {
    const auto never = window_errors(checked.plan, checked.values, at);
    return never.empty() ? Result<void>() : refused(never, file);
}

release::SessionOpened rehearsal_session(const RehearsalOptions& options, const CheckedPlan& checked) {
    release::SessionOpened session;
    session.session = fmt::format("{}-{:08x}", checked.plan.id, options.seed);
    session.mode = "rehearse";
    session.plan_id = checked.plan.id;
    session.variables = checked.values;
    session.by = {"rehearsal", "release-lead"};
    session.seed = std::to_string(options.seed);
    session.faults = options.faults;
    return session;
}

Result<session::SigningKey> rehearsal_key(std::uint64_t seed) {
    return session::SigningKey::from_seed("rehearsal", key_seed(seed));
}

Result<std::unique_ptr<Rehearsal>> Rehearsal::start(const RehearsalOptions& options) {
    auto checked = check_rehearsal(options);
    if (!checked) {
        return failed(checked);
    }
    const auto begin = options.start                ? Result<RehearsalStart>(RehearsalStart{*options.start})
                       : options.opening.count != 0 ? Result<RehearsalStart>(for_opening(*checked, options.opening))
                                                    : rehearsal_start(checked->plan);
    if (auto fits = check_windows(*checked, options.plan_file, begin ? begin->at : year); !fits) {
        return failed(fits);
    }
    if (!begin) {
        return failed(begin);
    }
    std::unique_ptr<Rehearsal> rehearsal(new Rehearsal(options, begin->at));
    if (auto built = rehearsal->build_range(options, checked->plan, checked->values); !built) {
        return failed(built);
    }
    auto replaced = range_connections(checked->plan, rehearsal->range_->addresses());
    if (!replaced) {
        return failed(replaced);
    }
    const auto key = rehearsal_key(options.seed);
    if (!key) {
        return failed(key);
    }
    engine::EngineOptions engine_options;
    engine_options.replaced = std::move(*replaced);
    engine_options.assume_yes = options.assume_yes;
    engine_options.past = rehearsed_history(checked->plan); // no more is there
    release::SessionOpened session = rehearsal_session(options, *checked);
    session.opening = begin->opening;
    if (auto opened =
            rehearsal->open(options, session, *key, rehearsal->outside(), *rehearsal->processes_, engine_options);
        !opened) {
        return failed(opened);
    }
    rehearsal->follow();
    rehearsal->driver_.start();
    return rehearsal;
}

} // namespace sluice::host
