/// promql_answers FILE: what our evaluator answers to each case of FILE, one line each, as the Prometheus API would.
///
/// The other side of prometheus_test.py. FILE is JSON: `series` ([{labels, points: [[milliseconds, "value"]]}], the
/// value "stale" ends a series), `target` (labels) with `scrapes` ([[milliseconds, "exposition" or null]], null for one
/// that failed by its status), and `cases` ([{query, at: milliseconds}]). Series appear in the store in the order of
/// the file.
#include "base/json.h"
#include "series/exposition.h"
#include "series/go_number.h"
#include "series/prometheus_json.h"
#include "series/promql.h"
#include "series/scraped_target.h"

#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <iterator>

namespace {

using namespace sluice;
using namespace sluice::series;

[[noreturn]] void stop(const std::string& why) {
    fmt::print(stderr, "promql_answers: {}\n", why);
    std::exit(2);
}

Labels labels_of(const Json& object) {
    Labels labels;
    for (const auto& [name, value] : object.items()) {
        labels.emplace(name, value.get<std::string>());
    }
    return labels;
}

Nanos instant_of(const Json& number) {
    return milliseconds(number.get<std::int64_t>());
}

void fill(SeriesStore& store, const Json& all) {
    for (const auto& one : all) {
        const Labels labels = labels_of(one["labels"]);
        for (const auto& point : one["points"]) {
            const auto text = point[1].get<std::string>();
            const auto value = text == "stale" ? stale_marker() : go_number(text);
            if (!value || !store.append(labels, instant_of(point[0]), *value)) {
                stop("a point that does not fit: " + to_text(labels) + " " + point.dump());
            }
        }
    }
}

void scrape(SeriesStore& store, const Json& file) {
    ScrapedTarget target(store, labels_of(file["target"]));
    for (const auto& one : file["scrapes"]) {
        const auto answer = one[1].is_null() ? Result<Exposition>(fail(ErrorCode::refused, "its status was not 200"))
                                             : parse_exposition(one[1].get<std::string>(), "scrape");
        if (answer) {
            target.take(*answer, instant_of(one[0]));
        } else {
            target.failed(instant_of(one[0]));
        }
    }
}

std::string answer_to(const SeriesStore& store, const std::string& text, Nanos at) {
    const auto query = promql::parse(text);
    if (!query) {
        return prometheus_failure(query.error());
    }
    const auto value = promql::evaluate(*query, store, at);
    return value ? prometheus_success(*value) : prometheus_failure(value.error());
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        stop("usage: promql_answers FILE");
    }
    std::ifstream in(argv[1], std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto file = parse_json(text, argv[1], text.size());
    if (!file) {
        stop(to_text(file.error()));
    }
    SeriesStore store;
    fill(store, (*file)["series"]);
    if (file->contains("scrapes")) {
        scrape(store, *file);
    }
    for (const auto& one : (*file)["cases"]) {
        fmt::print("{}\n", answer_to(store, one["query"].get<std::string>(), instant_of(one["at"])));
    }
    return 0;
}
