#pragma once
/// A server that answers what the test told it, in order, and keeps what it was asked.
#include "base/scheduler.h"
#include "net/http.h"

#include <QtTest>
#include <deque>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace sluice::testing {

class ScriptedHttp : public net::HttpClient {
public:
    explicit ScriptedHttp(Scheduler& scheduler) : scheduler_(scheduler) {}

    struct Answer {
        std::string expects; ///< "GET /api/v1/…": anything else fails the test
        Result<net::HttpResponse> response;
    };

    void answer(std::string expects, int status, const nlohmann::json& body, net::Headers headers = {}) {
        script_.push_back({std::move(expects), net::HttpResponse{status, std::move(headers), body.dump()}});
    }
    void answer_text(std::string expects, int status, std::string body, net::Headers headers = {}) {
        script_.push_back({std::move(expects), net::HttpResponse{status, std::move(headers), std::move(body)}});
    }
    void lose(std::string expects, ErrorCode code = ErrorCode::timed_out, std::string what = "no answer in time") {
        script_.push_back({std::move(expects), fail(code, std::move(what), "test")});
    }

    net::ExchangeId send(net::HttpRequest request, Done done) override {
        const auto slash = request.url.find('/', request.url.find("://") + 3);
        const std::string asked = request.method + " " + request.url.substr(slash);
        sent.push_back(std::move(request));
        if (script_.empty() || script_.front().expects != asked) {
            unexpected += asked + " instead of " + (script_.empty() ? "nothing" : script_.front().expects) + "; ";
            scheduler_.after({}, [done] { done(fail(ErrorCode::internal, "not in the script")); });
            return net::ExchangeId::none;
        }
        const auto id = net::ExchangeId{++last_};
        scheduler_.after(milliseconds(1), [this, id, done, response = script_.front().response] {
            if (std::find(cancelled.begin(), cancelled.end(), id) == cancelled.end()) {
                done(response);
            }
        });
        script_.pop_front();
        return id;
    }
    void cancel(net::ExchangeId exchange) override { cancelled.push_back(exchange); }

    bool finished() const { return script_.empty() && unexpected.empty(); }
    nlohmann::json body(std::size_t index) const { return nlohmann::json::parse(sent.at(index).body); }
    std::string header(std::size_t index, std::string_view name) const {
        for (const auto& [own, value] : sent.at(index).headers) {
            if (own == name) {
                return value;
            }
        }
        return {};
    }

    std::vector<net::HttpRequest> sent;
    std::vector<net::ExchangeId> cancelled;
    std::string unexpected;

private:
    Scheduler& scheduler_;
    std::deque<Answer> script_;
    std::uint64_t last_ = 0;
};

} // namespace sluice::testing

/// The server was asked what the script says, all of it, and nothing else.
#define SCRIPT_DONE(http)                                                                                              \
    QVERIFY2((http).finished(), (http).unexpected.empty() ? "answers are left over" : (http).unexpected.c_str())
/// Two texts, shown in full when they differ.
#define SAME_TEXT(actual, expected) QCOMPARE(QString::fromStdString(actual), QString::fromStdString(expected))
#define SAME_JSON(actual, expected) SAME_TEXT((actual).dump(), nlohmann::json(expected).dump())
