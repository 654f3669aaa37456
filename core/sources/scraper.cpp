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
    auto read = series::parse_exposition(response->body, "", budget, *format);
    if (!read) {
        const std::string& where = read.error().where; // ":LINE:COLUMN"
        const auto column = where.rfind(':');
        const auto place =
            column == std::string::npos || column == 0
                ? std::string()
                : fmt::format("line {}, column {}: ", where.substr(1, column - 1), where.substr(column + 1));
        return fail(ErrorCode::corrupt, place + bounded(read.error().what));
    }
    return read;
}

Scraper::Scraper(net::HttpClient& http, Scheduler& scheduler, ScrapeSettings settings)
    : http_(http), scheduler_(scheduler), settings_(std::move(settings)), target_(store_, {}) {
    settings_.interval = std::max(settings_.interval, seconds(1));
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
            std::ranges::stable_partition(matchers, std::not_fn(is_pattern));
            selectors_.push_back(std::move(matchers));
        }
    }
    keep_ = std::max(keep_, query.reach() + series::promql::look_back);
    lease_ = std::max(lease_, interval * 2 + settings_.interval);
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
    const auto answer = wanted(of_this_time(std::move(response), scheduler_));
    if (answer) {
        failure_.clear();
        target_.take(*answer, began_);
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

/// What of the answer is kept. Endpoints whose series have other names with each scrape would fill the memory, and a
/// pattern is not tried on texts without a bound.
Result<series::Exposition> Scraper::wanted(const Result<net::HttpResponse>& response) const {
    auto read = read_scrape(response, settings_.budget);
    if (!read) {
        return read;
    }
    bool too_long = false;
    const auto selects = [&](const std::vector<Matcher>& matchers, const series::Labels& labels) {
        const auto holds = [&](const Matcher& one) { return one.holds(labels); };
        const auto patterns = std::ranges::find_if(matchers, is_pattern); // they stand last
        if (!std::all_of(matchers.begin(), patterns, holds)) {
            return false;
        }
        const bool is_long =
            std::ranges::any_of(labels, [](const auto& label) { return label.second.size() > longest_label; });
        too_long = too_long || is_long;
        return !is_long && std::all_of(patterns, matchers.end(), holds);
    };
    std::erase_if(read->samples, [&](const series::ExposedSample& sample) {
        const Nanos at = sample.at.value_or(began_);
        return at > began_ + most_ahead || at < began_ - keep_ ||
               std::ranges::none_of(selectors_, [&](const auto& matchers) { return selects(matchers, sample.labels); });
    });
    if (too_long) {
        return fail(ErrorCode::corrupt, fmt::format("a label of more than {} bytes", longest_label));
    }
    const auto is_new = [&](const auto& sample) { return store_.find(sample.labels) == nullptr; };
    const auto fresh = static_cast<std::size_t>(std::ranges::count_if(read->samples, is_new));
    if (store_.size() + fresh > settings_.budget.samples * 2) {
        return fail(ErrorCode::corrupt, fmt::format("more than {} series within {:.0f} s: their names change",
                                                    settings_.budget.samples * 2, keep_.seconds()));
    }
    return read;
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
