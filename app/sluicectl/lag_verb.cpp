#include "base/printable.h"
#include "base/quantity.h"
#include "kafka/client_file.h"
#include "kafka/connection.h"
#include "kafka/groups.h"
#include "net/live_scheduler.h"
#include "sluicectl/ending.h"
#include "sluicectl/lag_table.h"
#include "sluicectl/verbs.h"

#include <QCoreApplication>
#include <algorithm>

namespace sluicectl {
namespace {

using namespace sluice;

struct LagOptions {
    std::string bootstrap, config, watch, session, at;
    std::vector<std::string> groups, topics;
    std::uint64_t readings = 0;
    bool once = false, json = false;
};

constexpr std::size_t settings_budget = 1u << 20;
constexpr Nanos patience = seconds(30); ///< of one reading; a broker that is away costs 5 s of it
constexpr Nanos patience_for_states = seconds(2);

Result<kafka::Settings> settings_of(const LagOptions& options) {
    kafka::Settings settings;
    settings.properties = kafka::usual_properties();
    if (!options.config.empty()) {
        auto text = host::read_file(options.config, settings_budget);
        if (!text) {
            Error error = text.error();
            error.code = ErrorCode::bad_input;
            return tl::unexpected(error);
        }
        auto file = kafka::read_client_file(*text, options.config);
        wipe(*text);
        if (!file) {
            return failed(file);
        }
        for (const auto& warning : file->warnings) {
            fmt::print(stderr, "sluicectl: warning: {}\n", printable(warning));
        }
        settings = std::move(file->settings);
    }
    if (!options.bootstrap.empty()) {
        settings.properties["bootstrap.servers"] = options.bootstrap;
        if (const auto good = kafka::check_bootstrap(options.bootstrap, "--bootstrap"); !good) {
            return failed(good);
        }
    }
    if (!settings.properties.contains("bootstrap.servers")) {
        return fail(ErrorCode::bad_input, "no broker is named", "",
                    "give --bootstrap HOST:9092, or bootstrap.servers in the file of --config");
    }
    settings.ceiling = patience;
    return settings;
}

/// Who is named twice is asked once: a sum must not count him twice.
void drop_doubles(std::vector<std::string>& names) {
    std::ranges::sort(names);
    const auto doubles = std::unique(names.begin(), names.end());
    names.erase(doubles, names.end());
}

/// Takes readings, one after the other, and prints them.
class LagWatch {
public:
    LagWatch(const LagOptions& options, net::LiveScheduler& scheduler, kafka::Connection& connection,
             std::optional<Nanos> every)
        : options_(options), scheduler_(scheduler), connection_(connection), every_(every) {}

    void begin() {
        began_ = scheduler_.now();
        // Of groups that are named, the list only tells the states: a broker that is away must not cost them much time.
        const bool named = !options_.groups.empty();
        connection_.call<Result<kafka::GroupList>>(
            key("groups"), named ? patience_for_states : patience,
            [](const kafka::Call& call) { return kafka::list_groups(call); },
            [this, named](Result<kafka::GroupList> list) {
                if (named) {
                    kafka::GroupList own;
                    own.groups = options_.groups;
                    own.states = list ? std::move(list->states) : std::map<std::string, std::string>();
                    ask(std::move(own));
                } else if (!list) {
                    not_told(list.error());
                } else {
                    ask(*std::move(list));
                }
            });
    }

    /// Of all readings: what could be told once is done.
    int code() const { return told_ ? done : code_; }

private:
    std::string key(const char* what) const { return fmt::format("lag/{}/{}", what, readings_); }

    void ask(kafka::GroupList list) {
        kafka::LagQuestion question{list.groups, options_.topics, true};
        connection_.ask(std::move(question), key("offsets"),
                        [this, list = std::move(list)](kafka::LagAnswer answer) mutable {
                            answer.failures.insert(answer.failures.begin(), list.failures.begin(), list.failures.end());
                            answer.group_states = std::move(list.states);
                            take(list.groups, std::move(answer));
                        });
    }

    void take(const std::vector<std::string>& groups, kafka::LagAnswer answer) {
        if (!answer.failure.empty()) {
            not_told({ErrorCode::unreachable, answer.failure, address(),
                      "are the brokers up and reached from this desk, and do protocol, user and password fit?"});
            return;
        }
        const Nanos now = scheduler_.now();
        if (every_) {
            history_.take(answer, now);
        }
        const auto report = every_ ? kafka::report_of(std::move(answer), groups, history_, now)
                                   : kafka::report_of(std::move(answer), groups, now);
        if (options_.json) {
            const std::string text = json_text(report) + "\n";
            std::fwrite(text.data(), 1, text.size(), stdout);
        } else {
            fmt::print("{}{}", readings_ > 0 ? "\n" : "", lag_table(report, every_.has_value()));
            if (groups.empty()) {
                fmt::print("the cluster has no consumer group that this user may see\n");
            }
        }
        std::fflush(stdout);
        // Groups of which none could be asked are nothing that was told.
        if (report.groups.empty() && !report.failures.empty()) {
            code_ = unreachable;
        } else {
            told_ = true;
        }
        next();
    }

    void not_told(Error error) {
        error.where = error.where.empty() ? address() : error.where;
        code_ = complain(error);
        if (code_ == bad_input) {
            QCoreApplication::quit(); // another reading would say the same
        } else {
            next();
        }
    }

    void next() {
        ++readings_;
        if (!every_ || (options_.readings > 0 && readings_ >= options_.readings)) {
            QCoreApplication::quit();
            return;
        }
        scheduler_.at(std::max(began_ + *every_, scheduler_.now()), [this] { begin(); });
    }

    std::string address() const { return options_.bootstrap.empty() ? options_.config : options_.bootstrap; }

    const LagOptions& options_;
    net::LiveScheduler& scheduler_;
    kafka::Connection& connection_;
    std::optional<Nanos> every_;
    kafka::LagHistory history_;
    Nanos began_;
    std::uint64_t readings_ = 0;
    bool told_ = false;
    int code_ = unreachable;
};

int lag(const LagOptions& options) {
    std::optional<Nanos> every;
    if (!options.watch.empty()) {
        const auto given = parse_duration(options.watch);
        if (!given || *given < seconds(1)) {
            return complain({ErrorCode::bad_input, "not a time of one second or more", "--watch " + options.watch,
                             "for example 5s or 1m"});
        }
        every = *given;
    } else if (options.readings > 1) {
        return complain(
            {ErrorCode::bad_input, "how far apart the readings are to be is missing", "--readings", "add --watch 5s"});
    }
    const auto settings = settings_of(options);
    if (!settings) {
        return complain(settings.error());
    }
    int argc = 1;
    char name[] = "sluicectl";
    char* argv[] = {name, nullptr};
    QCoreApplication loop(argc, argv);
    net::LiveScheduler scheduler;
    const auto connection = kafka::Connection::make(scheduler, *settings);
    if (!connection) {
        return complain(connection.error());
    }
    std::unique_ptr<EndsBySignal> ending;
    if (every) { // the usual end of watching; else a signal ends the program as ever
        auto begun = EndsBySignal::begin();
        if (!begun) {
            return complain(begun.error());
        }
        ending = *std::move(begun);
    }
    LagWatch watch(options, scheduler, **connection, every);
    scheduler.after({}, [&] { watch.begin(); });
    QCoreApplication::exec();
    return watch.code();
}

} // namespace

void add_lag_verb(CLI::App& app, Action& action) {
    auto* verb = app.add_subcommand("lag", "How far consumer groups of a Kafka cluster are behind");
    const auto o = std::make_shared<LagOptions>();
    auto* bootstrap = verb->add_option("--bootstrap", o->bootstrap,
                                       "HOST:PORT, several with commas; default: bootstrap.servers of --config")
                          ->check(not_empty());
    auto* group =
        verb->add_option("--group", o->groups, "As often as there are groups; default: all that the cluster lists")
            ->allow_extra_args(false)
            ->check(not_empty());
    auto* topic = verb->add_option("--topic", o->topics, "Only these; default: all that a group has committed to")
                      ->allow_extra_args(false)
                      ->check(not_empty());
    auto* config =
        verb->add_option("--config", o->config, "A Kafka client's properties file, as Kafka's own tools take it")
            ->check(not_empty());
    auto* watch = verb->add_option("--watch", o->watch,
                                   "Again every 5s, 1m …, with rates, age of the lag, when it is gone, and a state");
    auto* readings = verb->add_option("--readings", o->readings, "With --watch: end after so many; default: at Ctrl-C")
                         ->check(whole_number());
    auto* once = verb->add_flag("--once", o->once, "One reading, as without --watch")->excludes(watch);
    auto* session = verb->add_option("--session", o->session,
                                     "Asks no cluster: what a session's lag metrics have recorded by partition")
                        ->check(not_empty());
    for (auto* of_cluster : {bootstrap, config, group, topic, watch, once, readings}) {
        session->excludes(of_cluster);
    }
    verb->add_option("--at", o->at, "With --session: T+00:42:13 or 2026-01-06T02:42:13Z; default: as it was last")
        ->needs(session)
        ->check(not_empty());
    verb->add_flag("--json", o->json, "One object a reading, each on a line");
    verb->footer(
        "Lag is the log's end minus the commit, as kafka-consumer-groups.sh counts it. Exit codes: 0 something\n"
        "was read, 2 bad input, 3 nothing could be reached.");
    verb->callback([&action, o] {
        drop_doubles(o->groups);
        drop_doubles(o->topics);
        action = [o] { return o->session.empty() ? lag(*o) : recorded_lag(o->session, o->at, o->json); };
    });
}

} // namespace sluicectl
