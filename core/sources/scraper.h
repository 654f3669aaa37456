#pragma once
#include "base/scheduler.h"
#include "net/http.h"
#include "series/exposition.h"
#include "series/promql.h"
#include "series/scraped_target.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice::sources {

struct ScrapeSettings {
    std::string name;                                ///< of the connection: scrape n has the key "scrape/NAME/n"
    Nanos interval = seconds(5);                     ///< at least 1 s
    series::ExpositionBudget budget = scrape_budget; ///< of one answer; over it the scrape has failed

    /// Text is read on the engine's thread, so an answer must not take long.
    static constexpr series::ExpositionBudget scrape_budget{8u << 20, 50'000, 64};
};

/// A GET of an endpoint's metrics: the connection's URL as it is, OpenMetrics rather than text, and never protobuf.
net::HttpRequest scrape_request(std::string key, Nanos timeout, const series::ExpositionBudget& budget);

/// What an answer to it tells, read as its Content-Type says. Errors say in one short line, without address and port,
/// what is wrong: could not be reached, HTTP status, over the budget, or line and column of what can't be read.
Result<series::Exposition> read_scrape(const Result<net::HttpResponse>& response,
                                       const series::ExpositionBudget& budget);

/// Scrapes one endpoint for all metrics that ask it, and keeps what their queries look at.
///
/// Scrapes lie on a grid from the first ask, and go on while somebody asks; a slot whose predecessor is still in flight
/// is left out, and after a failure the next one is as usual, or the first after the server's Retry-After. A scrape may
/// take as long as `interval`, and 5 s. Series have the labels of the text and no more; samples have the time at which
/// the scrape began, unless their line says another (one more than 10 minutes ahead is dropped, as Prometheus does).
/// Only series that a query selects are kept, and for as long as the longest of them looks back. Engine thread only.
class Scraper {
public:
    using Done = std::function<void()>;
    enum class AskId : std::uint64_t { none = 0 };

    /// `http` takes requests without a URL of their own, and puts the connection's on.
    Scraper(net::HttpClient& http, Scheduler& scheduler, ScrapeSettings settings);
    Scraper(const Scraper&) = delete;
    /// Ends what is in flight without a call.
    ~Scraper();

    /// Keeps what the query looks at, which is asked for at least once in `interval`. Before the first ask.
    void keep(const series::promql::Query& query, Nanos interval);

    /// `done` is called once, later, from the Scheduler: at once when nothing is due, else after the scrape that is in
    /// flight, at the latest at `deadline`. Then what is known is known here.
    AskId ask(Nanos deadline, Done done);
    /// Its `done` is not called any more.
    void withdraw(AskId ask);

    const series::SeriesStore& store() const { return store_; }
    /// Why the last scrape brought nothing; empty when it did, or when none has ended.
    const std::string& failure() const { return failure_; }
    /// When the last good scrape began; nothing before the first.
    std::optional<Nanos> last_good() const;
    /// How many good scrapes began within `length` until now (as far back as anything is kept), and in all.
    std::size_t good_within(Nanos length) const;
    std::uint64_t good_in_all() const { return good_in_all_; }

private:
    struct Ask {
        Done done;
        TimerId timer = TimerId::none;
    };
    void begin();
    void take(Result<net::HttpResponse> response);
    void rule();
    Result<void> put(const Result<net::HttpResponse>& response);
    Result<bool> selects(const series::Labels& labels) const;
    Result<void> admits(std::size_t fresh) const;
    void arm(Nanos not_before);
    void tell();
    void answer(AskId ask);

    net::HttpClient& http_;
    Scheduler& scheduler_;
    ScrapeSettings settings_;
    series::SeriesStore store_;
    series::ScrapedTarget target_;
    std::vector<std::vector<series::Matcher>> selectors_; ///< a series is kept for which one of them holds
    Nanos keep_ = series::promql::look_back;
    Nanos lease_;        ///< how long after an ask scrapes still go on
    Nanos leased_until_; ///< by the last ask

    std::map<AskId, Ask> asks_; ///< in the order in which they came
    std::uint64_t last_ask_ = 0;
    std::uint64_t scrapes_ = 0;
    Nanos due_;  ///< when the next scrape is to begin, while none is in flight
    Nanos slot_; ///< of the grid: that of the last scrape
    Nanos began_;
    bool in_flight_ = false;
    net::ExchangeId exchange_ = net::ExchangeId::none;
    TimerId timer_ = TimerId::none;

    std::string failure_;
    std::deque<Nanos> good_; ///< when good scrapes began, for as long as anything is kept
    std::uint64_t good_in_all_ = 0;
    Nanos trimmed_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0); ///< a callback that comes late finds it gone
};

} // namespace sluice::sources
