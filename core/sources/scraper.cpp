#include "sources/scraper.h"

#include "base/printable.h"
#include "series/promql/expression.h"
#include "sources/http_endpoint.h"

#include <algorithm>
#include <fmt/format.h>
#include <functional>

namespace sluice::sources {
namespace {

using series::Matcher;
using series::promql::Selector;

constexpr Nanos longest_scrape = seconds(5);
constexpr Nanos most_ahead = minutes(10); ///< prometheus/scrape/scrape.go, maxAheadTime
constexpr std::size_t longest_label = 4096;

bool is_pattern(const Matcher& matcher) {
    return matcher.kind() == Matcher::Kind::matches || matcher.kind() == Matcher::Kind::not_matches;
}

/// What an endpoint wrote can be long and anything; this goes into events.
std::string bounded(const std::string& text) {
    constexpr std::size_t most = 160;
    return printable(std::string_view(text).substr(0, most)) + (text.size() > most ? "…" : "");
}

/// By its status and Content-Type; an error as of `read_scrape`.
Result<series::ExpositionFormat> format_of(const Result<net::HttpResponse>& response) {
    if (!response) {
        return fail(response.error().code, reason(response.error()));
    }
    if (response->status != 200) {
        return fail(ErrorCode::refused, fmt::format("HTTP status {}", response->status));
    }
    const auto format = series::exposition_format(response->header("Content-Type"));
    if (!format) {
        return fail(ErrorCode::corrupt, bounded(format.error().what), {}, format.error().remedy);
    }
    return *format;
}

/// Why a text was not taken.
tl::unexpected<Error> in_short(const Error& error) {
    const std::string& where = error.where; // ":LINE:COLUMN", or empty
    const auto column = where.rfind(':');
    const auto place = column == std::string::npos || column == 0
                           ? std::string()
                           : fmt::format("line {}, column {}: ", where.substr(1, column - 1), where.substr(column + 1));
    return fail(ErrorCode::corrupt, place + bounded(error.what));
}

} // namespace

net::HttpRequest scrape_request(std::string key, Nanos timeout, const series::ExpositionBudget& budget) {
    net::HttpRequest request;
    request.headers.emplace_back(
        "Accept", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.75,text/plain;q=0.5");
    // Exporters that ask something themselves end in time by it.
    request.headers.emplace_back("X-Prometheus-Scrape-Timeout-Seconds", fmt::format("{:.3f}", timeout.seconds()));
    request.timeout = timeout;
    request.key = std::move(key);
    request.pool = net::Pool::polling;
    request.budget = budget.bytes;
    return request;
}

Result<series::Exposition> read_scrape(const Result<net::HttpResponse>& response,
                                       const series::ExpositionBudget& budget) {
    const auto format = format_of(response);
    if (!format) {
        return failed(format);
    }
    auto read = series::parse_exposition(response->body, "", budget, *format);
    return read ? std::move(read) : in_short(read.error());
}

Scraper::Scraper(net::HttpClient& http, Scheduler& scheduler, ScrapeSettings settings)
    : http_(http), scheduler_(scheduler), settings_(std::move(settings)), target_(store_, {}) {
    settings_.interval = std::max(settings_.interval, seconds(1));
    rule();
}

Scraper::~Scraper() {
    scheduler_.cancel(timer_);
    for (const auto& [id, ask] : asks_) {
        scheduler_.cancel(ask.timer);
    }
    if (in_flight_) {
        http_.cancel(exchange_);
    }
}

void Scraper::keep(const series::promql::Query& query, Nanos interval) {
    for (const auto& used : query.selectors()) {
        const auto selector = series::promql::parse(used.text);
        if (const auto* read = selector ? std::get_if<Selector>(&selector->root().node) : nullptr) {
            auto matchers = read->matchers;
            std::stable_partition(matchers.begin(), matchers.end(), std::not_fn(is_pattern));
            selectors_.push_back(std::move(matchers));
        }
    }
    keep_ = std::max(keep_, query.reach() + series::promql::look_back);
    lease_ = std::max(lease_, interval * 2 + settings_.interval);
    rule();
}

Scraper::AskId Scraper::ask(Nanos deadline, Done done) {
    const Nanos now = scheduler_.now();
    leased_until_ = now + lease_;
    if (!in_flight_ && due_ <= now) {
        begin();
    }
    const AskId id{++last_ask_};
    const Nanos at = in_flight_ ? deadline : now;
    asks_[id] = {std::move(done), scheduler_.at(at, [this, id] { answer(id); })};
    return id;
}

void Scraper::withdraw(AskId ask) {
    if (const auto found = asks_.find(ask); found != asks_.end()) {
        scheduler_.cancel(found->second.timer);
        asks_.erase(found);
    }
}

std::optional<Nanos> Scraper::last_good() const {
    return good_.empty() ? std::nullopt : std::optional(good_.back());
}

std::size_t Scraper::good_within(Nanos length) const {
    const Nanos from = scheduler_.now() - length;
    return static_cast<std::size_t>(good_.end() - std::ranges::lower_bound(good_, from));
}

void Scraper::begin() {
    scheduler_.cancel(std::exchange(timer_, TimerId::none));
    began_ = scheduler_.now();
    // Nobody asked for a while: the grid begins anew.
    slot_ = scrapes_ == 0 || began_ - due_ >= settings_.interval ? began_ : due_;
    in_flight_ = true;
    exchange_ = http_.send(scrape_request(fmt::format("scrape/{}/{}", settings_.name, ++scrapes_),
                                          std::min(settings_.interval, longest_scrape), settings_.budget),
                           [this, alive = std::weak_ptr(alive_)](Result<net::HttpResponse> response) {
                               if (!alive.expired()) {
                                   take(std::move(response));
                               }
                           });
}

void Scraper::take(Result<net::HttpResponse> response) {
    in_flight_ = false;
    const Nanos left_alone = rest_after(response);
    const auto answer = put(of_this_time(std::move(response), scheduler_));
    if (answer) {
        failure_.clear();
        good_.push_back(began_);
        ++good_in_all_;
    } else {
        failure_ = answer.error().what;
        target_.failed(began_);
    }
    const Nanos oldest = began_ - keep_;
    // The last good one is remembered however old: it says since when nothing is known.
    while (good_.size() > 1 && good_.front() < oldest) {
        good_.pop_front();
    }
    if (began_ - trimmed_ >= minutes(1)) {
        store_.forget_before(oldest);
        trimmed_ = began_;
    }
    arm(scheduler_.now() + left_alone);
    tell();
}

void Scraper::rule() {
    target_.change_rules({.keeps = [this](const series::Labels& labels) { return selects(labels); },
                          .admits = [this](std::size_t fresh) { return admits(fresh); },
                          .most_behind = keep_,
                          .most_ahead = most_ahead});
}

Result<void> Scraper::put(const Result<net::HttpResponse>& response) {
    const auto format = format_of(response);
    if (!format) {
        return failed(format);
    }
    const auto taken = target_.take(response->body, "", settings_.budget, *format, began_);
    return taken ? taken : in_short(taken.error());
}

/// Whether a query looks at the series. A pattern is not tried on texts without a bound.
Result<bool> Scraper::selects(const series::Labels& labels) const {
    const auto holds = [&](const Matcher& one) { return one.holds(labels); };
    const bool too_long =
        std::ranges::any_of(labels, [](const auto& label) { return label.second.size() > longest_label; });
    for (const auto& matchers : selectors_) {
        const auto patterns = std::ranges::find_if(matchers, is_pattern); // they stand last
        if (!std::all_of(matchers.begin(), patterns, holds)) {
            continue;
        }
        if (too_long) {
            return fail(ErrorCode::corrupt, fmt::format("a label of more than {} bytes", longest_label));
        }
        if (std::all_of(patterns, matchers.end(), holds)) {
            return true;
        }
    }
    return false;
}

/// Endpoints whose series have other names with each scrape would fill the memory.
Result<void> Scraper::admits(std::size_t fresh) const {
    const std::size_t most = settings_.budget.samples * 2;
    if (store_.size() + fresh > most) {
        return fail(ErrorCode::corrupt,
                    fmt::format("more than {} series within {:.0f} s: their names change", most, keep_.seconds()));
    }
    return {};
}

void Scraper::arm(Nanos not_before) {
    const Nanos interval = settings_.interval;
    const Nanos wanted = std::max(slot_ + interval, not_before);
    due_ = slot_ + interval * ((wanted - slot_).count / interval.count);
    if (due_ < wanted) {
        due_ += interval;
    }
    timer_ = scheduler_.at(due_, [this] {
        timer_ = TimerId::none;
        if (scheduler_.now() <= leased_until_) {
            begin();
        }
    });
}

/// All that wait, in the order in which they asked. Any of them may destroy this.
void Scraper::tell() {
    std::vector<AskId> waiting;
    for (const auto& [id, ask] : asks_) {
        waiting.push_back(id);
    }
    const std::weak_ptr alive(alive_);
    for (const AskId id : waiting) {
        answer(id);
        if (alive.expired()) {
            return;
        }
    }
}

void Scraper::answer(AskId ask) {
    auto found = asks_.extract(ask);
    if (found) {
        scheduler_.cancel(found.mapped().timer);
        found.mapped().done();
    }
}

} // namespace sluice::sources
