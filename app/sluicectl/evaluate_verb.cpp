#include "net/live_scheduler.h"
#include "net/qt_http_client.h"
#include "series/exposition.h"
#include "series/prometheus_json.h"
#include "series/promql.h"
#include "series/scraped_target.h"
#include "sluicectl/verbs.h"
#include "sources/http_endpoint.h"

#include <QCoreApplication>

namespace sluicectl {
namespace {

using namespace sluice;

struct EvaluateOptions {
    std::string expression, prometheus, at;
    std::vector<std::string> files;
    bool json = false;
};

/// Seconds with decimals, as Prometheus writes times.
Result<Nanos> seconds_of(const std::string& text, const std::string& where) {
    const auto number = parse_number(text);
    if (!number || !(*number > -9e9 && *number < 9e9)) {
        return fail(ErrorCode::bad_input, "not a time in seconds", where);
    }
    return Nanos{static_cast<std::int64_t>(*number * 1e3) * 1'000'000};
}

Result<Nanos> load(const std::vector<std::string>& files, series::SeriesStore& store) {
    series::ScrapedTarget target(store, {});
    Nanos last;
    bool any = false;
    for (const auto& named : files) {
        const auto mark = named.rfind('@');
        const std::string path = named.substr(0, mark);
        Nanos at = last + seconds(15);
        if (mark != std::string::npos) {
            const auto given = seconds_of(named.substr(mark + 1), "--file " + named);
            if (!given) {
                return failed(given);
            }
            at = *given;
        }
        const auto text = host::read_file(path);
        if (!text) {
            return failed(text);
        }
        const auto exposition = series::parse_exposition(*text, path);
        if (!exposition) {
            return failed(exposition);
        }
        if (at <= last && any) {
            return fail(ErrorCode::bad_input, "this scrape is not later than the one before it", "--file " + named,
                        "name them in order of time");
        }
        any = true;
        target.take(*exposition, at);
        last = at;
    }
    return last;
}

void print(const series::promql::Value& value, bool json) {
    if (json) {
        fmt::print("{}\n", series::prometheus_data(value));
        return;
    }
    if (const auto* scalar = std::get_if<series::promql::Scalar>(&value)) {
        fmt::print("{}\n", number_text(scalar->value));
    } else if (const auto* vector = std::get_if<series::promql::Vector>(&value)) {
        if (vector->empty()) {
            fmt::print(stderr, "no series answers this\n");
        }
        for (const auto& element : *vector) {
            fmt::print("{} {}\n", series::to_text(element.labels), number_text(element.value));
        }
    } else {
        for (const auto& stretch : std::get<series::promql::Matrix>(value)) {
            for (const auto& point : stretch.points) {
                fmt::print("{} {} @{}\n", series::to_text(stretch.labels), number_text(point.value),
                           point.at.seconds());
            }
        }
    }
}

int from_files(const EvaluateOptions& options) {
    const auto query = series::promql::parse(options.expression);
    if (!query) {
        return complain(query.error());
    }
    series::SeriesStore store;
    auto at = load(options.files, store);
    if (!at) {
        return complain(at.error());
    }
    if (!options.at.empty()) {
        at = seconds_of(options.at, "--at " + options.at);
        if (!at) {
            return complain(at.error());
        }
    }
    const auto value = series::promql::evaluate(*query, store, *at);
    if (!value) {
        return complain(value.error());
    }
    print(*value, options.json);
    return done;
}

int from_server(const EvaluateOptions& options) {
    int argc = 1;
    char name[] = "sluicectl";
    char* argv[] = {name, nullptr};
    QCoreApplication loop(argc, argv);
    net::LiveScheduler scheduler;
    net::QtHttpClient http(scheduler);
    net::HttpRequest request;
    request.url = options.prometheus + "/api/v1/query?query=" + sources::percent_encoded(options.expression) +
                  (options.at.empty() ? "" : "&time=" + sources::percent_encoded(options.at));
    request.key = "evaluate";
    int code = done;
    http.send(request, [&](Result<net::HttpResponse> response) {
        const auto answer = response ? series::parse_prometheus_answer(response->body, request.url)
                                     : Result<series::PrometheusAnswer>(failed(response));
        if (!answer) {
            code = complain(answer.error());
        } else {
            for (const auto& warning : answer->warnings) {
                fmt::print(stderr, "warning: {}\n", warning);
            }
            print(answer->value, options.json);
        }
        QCoreApplication::quit();
    });
    QCoreApplication::exec();
    return code;
}

} // namespace

void add_evaluate_verb(CLI::App& app, Action& action) {
    auto* verb = app.add_subcommand("evaluate", "Answer a PromQL expression from scrapes in files, or by a Prometheus");
    const auto o = std::make_shared<EvaluateOptions>();
    verb->add_option("EXPRESSION", o->expression, "PromQL, as gates use it")->required();
    auto* files = verb->add_option("--file", o->files,
                                   "SCRAPE[@SECONDS], as often as there are scrapes; without a time 15 s apart");
    verb->add_option("--prometheus", o->prometheus, "Base URL")->excludes(files);
    verb->add_option("--at", o->at, "SECONDS; default: the last scrape");
    verb->add_flag("--json", o->json, "As Prometheus answers");
    verb->callback([&action, o] {
        action = [o]() -> int {
            if (o->files.empty() && o->prometheus.empty()) {
                return complain(
                    {ErrorCode::bad_input, "there is nothing to ask", {}, "give --file SCRAPE or --prometheus URL"});
            }
            return o->prometheus.empty() ? from_files(*o) : from_server(*o);
        };
    });
}

} // namespace sluicectl
