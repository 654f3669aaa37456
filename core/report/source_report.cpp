#include "report/source_report.h"

#include "analysis/latest.h"
#include "base/quantity.h"
#include "report/source_questions.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace sluice::report {
namespace {

using session::SampleStatus;

std::string labels_words(const std::string& canonical) {
    const Json labels = parse_json(canonical, "").value_or(Json::object());
    std::string all;
    for (auto at = labels.begin(); labels.is_object() && at != labels.end(); ++at) {
        all += (all.empty() ? "" : ", ") + at.key() + "=" + (at->is_string() ? at->get<std::string>() : at->dump());
    }
    return all;
}

const char* kind_words(plan::ConnectionKind kind) {
    // What is not here is shown by the name that the plan gives it.
    return kind == plan::ConnectionKind::prometheus     ? "Prometheus"
           : kind == plan::ConnectionKind::alertmanager ? "Alertmanager"
           : kind == plan::ConnectionKind::kafka        ? "Kafka"
           : kind == plan::ConnectionKind::http         ? "HTTP"
           : kind == plan::ConnectionKind::kubernetes   ? "Kubernetes"
           : kind == plan::ConnectionKind::scrape       ? "Metrics of"
           : kind == plan::ConnectionKind::host         ? "Host"
                                                        : "";
}

/// What a metric's lines say, answer by answer: all series of one answer were received at one time.
class Answers {
public:
    Answers(const release::Release& release, const plan::Metric& metric, std::vector<const session::Line*> lines)
        : release_(release), metric_(metric), lines_(std::move(lines)), busy_(release::arms_with_traffic(release)) {}

    /// When the last one at or before `time` was received.
    std::optional<Nanos> last_at(Nanos time) const {
        std::optional<Nanos> last;
        for (const session::Line* line : lines_) {
            if (const session::Reading* reading = line->at(time)) {
                last = std::max(last.value_or(reading->at), reading->at);
            }
        }
        return last;
    }

    /// The one that was received at this time.
    std::vector<Answer> of(Nanos received) const {
        std::vector<Answer> found;
        bool refused = false; // one reading of the whole says why there is none of any arm
        std::set<std::string> arms;
        for (const session::Line* line : lines_) {
            const session::Reading* reading = line->at(received);
            if (reading == nullptr || reading->at != received) {
                continue;
            }
            Answer answer;
            answer.arm = line->key().arm;
            answer.labels = labels_words(line->key().labels);
            answer.status = reading->status;
            answer.value = reading->value;
            answer.measured_at = reading->measured_at;
            answer.detail = reading->detail;
            answer.idle = is_idle(answer.arm);
            answer.health = health_of(answer.status, answer.idle);
            refused = refused || (answer.arm.empty() && reading->status != SampleStatus::ok);
            arms.insert(answer.arm);
            found.push_back(std::move(answer));
        }
        for (const auto& arm : release_.plan->arms) {
            if (!metric_.by_arm.empty() && !refused && !arms.contains(arm.name)) {
                found.push_back(missing(arm.name, received));
            }
        }
        std::stable_sort(found.begin(), found.end(),
                         [&](const auto& a, const auto& b) { return place_of(a.arm) < place_of(b.arm); });
        return found;
    }

    /// When the first of the answers was received that, like the one at `received` and all between them, are as bad.
    /// Looks at each reading once: trouble may have lasted for hours, and the cockpit asks ten times a second.
    Nanos bad_since(Nanos received, Health health) const {
        std::vector<Track> tracks;
        for (const session::Line* line : lines_) {
            if (const session::Reading* reading = line->at(received)) {
                const std::string& arm = line->key().arm;
                tracks.push_back({line, reading - line->readings().data(), place_of(arm), is_idle(arm)});
            }
        }
        while (true) {
            std::optional<Nanos> time;
            for (const Track& track : tracks) {
                if (track.index >= 0) {
                    time = std::max(time.value_or(track.now().at), track.now().at);
                }
            }
            if (!time || worst_at(*time, tracks) != health) {
                return received;
            }
            received = *time;
        }
    }

    /// When the newest value up to `now` was true.
    std::optional<Nanos> good_at(Nanos now) const {
        std::optional<Nanos> good;
        for (const session::Line* line : lines_) {
            for (const session::Reading* reading = line->at(now); reading != nullptr;
                 reading = reading == line->readings().data() ? nullptr : std::prev(reading)) {
                if (reading->status == SampleStatus::ok) {
                    good = std::max(good.value_or(reading->measured_at), reading->measured_at);
                    break;
                }
            }
        }
        return good;
    }

    static Health worst_of(const std::vector<Answer>& answers) {
        Health worst = Health::well;
        for (const auto& answer : answers) {
            worst = std::max(worst, answer.health);
        }
        return worst;
    }

private:
    /// A line that is gone back along.
    struct Track {
        const session::Line* line;
        std::ptrdiff_t index; ///< of the reading that it is at; -1 = it is at its end
        std::size_t place;
        bool idle;
        const session::Reading& now() const { return line->readings()[static_cast<std::size_t>(index)]; }
    };

    /// Of the answer that was received at this time, at which the tracks are; they are before it then.
    Health worst_at(Nanos time, std::vector<Track>& tracks) const {
        Health worst = Health::well;
        bool refused = false;
        std::vector<bool> told(release_.plan->arms.size() + 2, false);
        for (Track& track : tracks) {
            if (track.index < 0 || track.now().at != time) {
                continue;
            }
            const SampleStatus status = track.now().status;
            worst = std::max(worst, health_of(status, track.idle));
            refused = refused || (track.place == 0 && status != SampleStatus::ok);
            told[track.place] = true;
            while (track.index >= 0 && track.now().at == time) {
                --track.index;
            }
        }
        for (std::size_t i = 0; !metric_.by_arm.empty() && !refused && i < release_.plan->arms.size(); ++i) {
            if (!told[i + 1]) {
                worst = std::max(worst, health_of(SampleStatus::no_data, is_idle(release_.plan->arms[i].name)));
            }
        }
        return worst;
    }

    static Health health_of(SampleStatus status, bool idle) {
        return status == SampleStatus::source_error ? Health::source_error
               : status == SampleStatus::ok || idle ? Health::well
                                                    : Health::no_data;
    }

    /// Where the plan splits no traffic, every arm counts.
    bool is_idle(const std::string& arm) const {
        return !arm.empty() && !release_.split.empty() && !busy_.contains(arm);
    }

    std::size_t place_of(const std::string& arm) const {
        const auto& arms = release_.plan->arms;
        const auto found = std::find_if(arms.begin(), arms.end(), [&](const auto& one) { return one.name == arm; });
        return arm.empty() ? 0 : static_cast<std::size_t>(found - arms.begin()) + 1;
    }

    Answer missing(const std::string& arm, Nanos received) const {
        Answer answer;
        answer.arm = arm;
        answer.status = SampleStatus::no_data;
        answer.measured_at = received;
        answer.detail = "no value for " + arm + " in the answer";
        answer.idle = is_idle(arm);
        answer.health = health_of(answer.status, answer.idle);
        return answer;
    }

    const release::Release& release_;
    const plan::Metric& metric_;
    std::vector<const session::Line*> lines_;
    std::set<std::string> busy_;
};

/// What was told of the metric when its answer came, should the reading itself say nothing.
std::string told_of(const release::Release& release, const std::string& metric, Health health) {
    const auto found = release.sources.find(metric);
    return found != release.sources.end() && found->second.state == name(health) ? found->second.why : std::string();
}

void judge(const release::Release& release, const Answers& known, Nanos now, MetricAccount& metric) {
    metric.received_at = known.last_at(now);
    if (!metric.received_at) {
        return;
    }
    metric.answers = known.of(*metric.received_at);
    metric.good_at = known.good_at(now);
    metric.health = Answers::worst_of(metric.answers);
    if (metric.health != Health::well) {
        metric.since = known.bad_since(*metric.received_at, metric.health);
    }
    for (auto& answer : metric.answers) {
        if (answer.status == SampleStatus::ok && now - answer.measured_at > metric.max_age) {
            if (answer.idle) {
                continue; // no trouble, and nothing that it could be worse than
            }
            const Nanos since = answer.measured_at + metric.max_age;
            answer.health = Health::too_old;
            if (metric.health < answer.health) {
                metric.health = answer.health;
                metric.since = since;
            } else if (metric.health == answer.health) {
                metric.since = std::min(*metric.since, since);
            }
        }
    }
    if (metric.health == Health::well) {
        const auto told = release.sources.find(metric.name);
        if (told != release.sources.end() && told->second.state == name(Health::degraded)) {
            metric.health = Health::degraded;
            metric.since = told->second.since;
            metric.why = told->second.why;
        }
        return;
    }
    if (metric.health == Health::too_old) {
        metric.why = "the data is older than " + duration_text(metric.max_age);
        return;
    }
    const auto worst = std::find_if(metric.answers.begin(), metric.answers.end(),
                                    [&](const auto& answer) { return answer.health == metric.health; });
    const std::string detail = worst->detail.empty() ? told_of(release, metric.name, metric.health) : worst->detail;
    const bool names_it = worst->arm.empty() || detail.find(worst->arm) != std::string::npos;
    metric.why = names_it || detail.empty() ? detail : worst->arm + ": " + detail;
}

MetricAccount account_of(const release::Release& release, const plan::Metric& metric, const session::Readings& readings,
                         const plan::Scope& scope, Nanos now) {
    MetricAccount account;
    account.name = metric.name;
    account.title = metric.title.empty() ? metric.name : metric.title;
    account.unit = metric.unit;
    account.states = metric.states;
    account.asked = questions(*release.plan, metric, scope);
    account.interval = metric.derived.empty() ? metric.interval : Nanos{};
    account.max_age = analysis::max_age(metric);
    account.dependents = dependents(release, metric, scope);
    judge(release, Answers(release, metric, readings.of(metric.name)), now, account);
    return account;
}

/// Worst first among those in trouble; the others stay as they stand.
template <typename Of>
void trouble_first(std::vector<Of>& all) {
    std::stable_sort(all.begin(), all.end(), [](const Of& a, const Of& b) {
        const auto weight = [](const Of& one) { return is_trouble(one.health) ? static_cast<int>(one.health) : 0; };
        return weight(a) > weight(b);
    });
}

} // namespace

const char* name(Health health) {
    static constexpr const char* names[] = {"well", "not-asked", "degraded", "too-old", "no-data", "source-error"};
    return names[static_cast<int>(health)];
}

std::string words(Health health) {
    static constexpr const char* said[] = {"well", "not asked yet", "degraded", "too old", "no data", "source error"};
    return said[static_cast<int>(health)];
}

const char* name(Dependent::Kind kind) {
    static constexpr const char* names[] = {"gate", "trigger", "alert", "severity", "step", "way back", "metric"};
    return names[static_cast<int>(kind)];
}

SourceReport source_report(const release::Release& release, const session::Readings& readings, Nanos now) {
    SourceReport report;
    report.at = now;
    report.session = release.opened.session;
    report.rehearsed = release.opened.mode == "rehearse";
    if (!release.plan) {
        return report;
    }
    const plan::Scope scope = release::scope(release);
    const auto add = [&](SourceAccount source, bool programs = false) {
        for (const auto& metric : release.plan->metrics) {
            if (metric.from == source.name && metric.run.has_value() == programs) {
                source.metrics.push_back(account_of(release, metric, readings, scope, now));
                source.health = std::max(source.health, source.metrics.back().health);
            }
        }
        if (!source.metrics.empty()) {
            trouble_first(source.metrics);
            report.sources.push_back(std::move(source));
        }
    };
    for (const auto& connection : release.plan->connections) {
        SourceAccount source;
        source.name = connection.name;
        source.kind = kind_words(connection.kind);
        source.address = bare_address(connection, scope);
        add(std::move(source));
    }
    SourceAccount programs;
    programs.kind = "programs of the plan";
    add(std::move(programs), true);
    add({}); // what is derived from the others
    trouble_first(report.sources);
    return report;
}

} // namespace sluice::report
