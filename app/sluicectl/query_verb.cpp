#include "base/instant.h"
#include "release/state.h"
#include "session/session_reader.h"
#include "sluicectl/session_file.h"
#include "sluicectl/verbs.h"

#include "base/quantity.h"

#include <algorithm>

namespace sluicectl {
namespace {

using sluice::Nanos;

struct QueryOptions {
    std::string file, from, to, step;
    std::vector<std::string> series;
    bool past = false;
};

std::string name_of(const sluice::session::SeriesKey& key) {
    return key.arm.empty() ? key.metric : key.metric + "/" + key.arm;
}

std::string quoted(const std::string& text) {
    if (text.find_first_of(",\"\n") == std::string::npos) {
        return text;
    }
    std::string out = "\"";
    for (const char c : text) {
        out += c == '"' ? std::string("\"\"") : std::string(1, c);
    }
    return out + "\"";
}

const char* name(sluice::session::SampleStatus status) {
    static constexpr const char* names[] = {"ok", "no-data", "source-error"};
    return names[static_cast<int>(status)];
}

int query(const QueryOptions& options) {
    const auto reader = sluice::session::SessionReader::open(options.file);
    if (!reader) {
        return complain(reader.error());
    }
    const auto known = reader->series();
    if (!known) {
        return complain(known.error());
    }
    const auto session = read_session(options.file);
    if (!session) {
        return complain(session.error());
    }
    sluice::release::Release release;
    for (const auto& event : session->events) {
        sluice::release::apply(release, event);
    }
    const Nanos origin = release.t0.count != 0 ? release.t0 : release.started;
    Nanos from{INT64_MIN}, to{INT64_MAX};
    for (const auto& [text, into] : {std::pair{&options.from, &from}, {&options.to, &to}}) {
        if (text->empty()) {
            continue;
        }
        const auto read = sluice::parse_instant(*text, origin);
        if (!read) {
            return complain(read.error());
        }
        *into = *read;
    }
    Nanos step;
    if (!options.step.empty()) {
        const auto read = sluice::parse_duration(options.step);
        if (!read || read->count <= 0) {
            return complain(
                {sluice::ErrorCode::bad_input, "not a length of time", "--step " + options.step, "for example 30s"});
        }
        step = *read;
    }
    if (options.series.empty()) {
        fmt::print("series,labels,unit\n");
        for (const auto& one : *known) {
            fmt::print("{},{},{}\n", quoted(name_of(one.key)), quoted(one.key.labels), one.key.unit);
        }
        return done;
    }
    std::vector<std::int64_t> ids;
    for (const auto& wanted : options.series) {
        const std::size_t before = ids.size();
        for (const auto& one : *known) {
            if (one.key.metric == wanted || name_of(one.key) == wanted) {
                ids.push_back(one.id);
            }
        }
        if (ids.size() == before) {
            return complain({sluice::ErrorCode::bad_input, "the session has no such series", wanted,
                             "'sluicectl query SESSION' lists them"});
        }
    }
    // What was asked for afterwards came with a later tick than it is of.
    auto samples =
        options.past ? reader->samples(ids, Nanos{INT64_MIN}, Nanos{INT64_MAX}) : reader->samples(ids, from, to);
    if (!samples) {
        return complain(samples.error());
    }
    std::erase_if(*samples, [&](const auto& sample) {
        return sample.past != options.past ||
               (options.past && (sample.received_at < from || !(sample.received_at < to)));
    });
    if (options.past) {
        std::stable_sort(samples->begin(), samples->end(),
                         [](const auto& a, const auto& b) { return a.received_at < b.received_at; });
    }
    fmt::print("time,series,labels,value,status,measured,detail\n");
    std::map<std::string, Nanos> next; // the first sample at or after each step
    for (const auto& sample : *samples) {
        const std::string series = name_of(sample.series) + sample.series.labels;
        if (step.count > 0) {
            auto [due, fresh] = next.try_emplace(series, sample.received_at);
            if (sample.received_at < due->second) {
                continue;
            }
            due->second = sample.received_at + step;
        }
        const bool good = sample.status == sluice::session::SampleStatus::ok;
        fmt::print("{},{},{},{},{},{},{}\n", sluice::utc(sample.received_at), quoted(name_of(sample.series)),
                   quoted(sample.series.labels), good ? sluice::number_text(sample.value) : "", name(sample.status),
                   sluice::utc(sample.measured_at), quoted(sample.detail));
    }
    return done;
}

} // namespace

void add_query_verb(CLI::App& app, Action& action) {
    auto* verb = app.add_subcommand("query", "Print recorded samples as CSV; without a series, list them");
    const auto o = std::make_shared<QueryOptions>();
    verb->add_option("SESSION", o->file, "Its file, also while it runs")->required();
    verb->add_option("SERIES", o->series, "METRIC or METRIC/ARM");
    verb->add_option("--from", o->from, "T+00:10:00 or 2026-01-06T02:10:00Z");
    verb->add_option("--to", o->to, "Samples before this time");
    verb->add_option("--step", o->step, "At most one sample a series in so long, for example 30s");
    verb->add_flag("--past", o->past, "What was asked for afterwards: before the start, and gaps of the desk");
    verb->callback([&action, o] { action = [o] { return query(*o); }; });
}

} // namespace sluicectl
