#include "effects/http_effect.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::effects {
namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// Text as an event can carry it: bytes that are not UTF-8 become replacement characters.
std::string clean(std::string_view bytes) {
    const std::string quoted = Json(std::string(bytes)).dump(-1, ' ', false, Json::error_handler_t::replace);
    return Json::parse(quoted).get<std::string>();
}

Json result_of(const net::HttpResponse& answer, const HttpSpec& spec) {
    Json headers = Json::object();
    for (const auto& [name, value] : answer.headers) {
        const bool ascii = std::all_of(name.begin(), name.end(), [](unsigned char c) { return c < 0x80; });
        if (ascii && lower(name) != "set-cookie") {
            headers[clean(lower(name))] = clean(redacted(value, spec.secrets));
        }
    }
    const std::string body = redacted(answer.body, spec.secrets); // whole: a cut could part a secret
    return {{"status", answer.status},
            {"headers", headers},
            {"body", clean(std::string_view(body).substr(0, spec.kept))},
            {"cut", body.size() > spec.kept}};
}

class HttpEffect : public Effect {
public:
    HttpEffect(net::HttpClient& http, Scheduler& scheduler, HttpSpec spec)
        : http_(http), scheduler_(scheduler), spec_(std::move(spec)) {}
    ~HttpEffect() override {
        life_.reset();
        http_.cancel(exchange_);
        for (auto& [name, value] : spec_.headers) {
            wipe(value);
        }
    }

    EffectClass effect_class() const override { return spec_.idempotent ? EffectClass::keyed : EffectClass::opaque; }

    void prepare(std::string key, std::function<void(Result<Prepared>)> done) override {
        Json names = Json::array();
        for (const auto& [name, value] : spec_.headers) {
            names.push_back(name);
        }
        Prepared prepared{"http",
                          effect_class(),
                          fmt::format("{} {}", spec_.method, without_query(spec_.url)),
                          {{"key", key},
                           {"method", spec_.method},
                           {"url", without_query(spec_.url)},
                           {"header_names", names},
                           {"body_bytes", spec_.body.size()}}};
        later([done = std::move(done), prepared = std::move(prepared)] { done(prepared); });
    }

    void start(const Prepared& prepared, EffectSink sink) override {
        sink_ = std::move(sink);
        const std::string key = prepared.detail.value("key", "");
        exchange_ = http_.send(request_of(spec_, key, key + "#send"),
                               [this, life = std::weak_ptr(life_)](const Result<net::HttpResponse>& answer) {
                                   if (!life.expired()) {
                                       exchange_ = net::ExchangeId::none;
                                       settle(answer);
                                   }
                               });
    }

    void cancel() override {
        if (exchange_ == net::ExchangeId::none) {
            return;
        }
        http_.cancel(exchange_);
        exchange_ = net::ExchangeId::none;
        later([this] {
            sink_.settled({Ending::unknown,
                           {},
                           {ErrorCode::refused,
                            "cancelled while it was in flight: it may have reached the server",
                            spec_.method + " " + without_query(spec_.url),
                            {}}});
        });
    }

    void read_back(const Prepared&, std::function<void(ReadBack)> done) override {
        later([done = std::move(done)] { done({Match::unknown, "an HTTP call can't be read back", false}); });
    }

private:
    template <typename F>
    void later(F call) {
        scheduler_.after({}, [life = std::weak_ptr(life_), call = std::move(call)] {
            if (!life.expired()) {
                call();
            }
        });
    }

    void settle(const Result<net::HttpResponse>& answer) {
        if (!answer) {
            Error error = answer.error();
            error.where = spec_.method + " " + without_query(spec_.url); // the client's may have the query
            sink_.settled({net::certainly_not_sent(error) ? Ending::failed : Ending::unknown, {}, error});
            return;
        }
        const Json result = result_of(*answer, spec_);
        if (sink_.output) {
            sink_.output(result["body"].get_ref<const std::string&>());
        }
        if (spec_.judged_by_caller || (answer->status >= 200 && answer->status < 300)) {
            sink_.settled({Ending::done, result, {}});
            return;
        }
        sink_.settled({Ending::failed,
                       result,
                       {ErrorCode::refused, fmt::format("the server answered {}", answer->status),
                        spec_.method + " " + without_query(spec_.url), "its answer is in the step's output"}});
    }

    net::HttpClient& http_;
    Scheduler& scheduler_;
    HttpSpec spec_;
    EffectSink sink_;
    net::ExchangeId exchange_ = net::ExchangeId::none;
    std::shared_ptr<int> life_ = std::make_shared<int>(0);
};

} // namespace

net::HttpRequest request_of(const HttpSpec& spec, const std::string& key, std::string id) {
    net::HttpRequest request;
    request.method = spec.method;
    request.url = spec.url;
    request.headers = spec.headers;
    if (spec.idempotent) {
        request.headers.emplace_back("Idempotency-Key", key);
    }
    request.body = spec.body;
    request.timeout = spec.timeout;
    request.key = std::move(id);
    request.pool = net::Pool::acting;
    request.tls = spec.tls;
    return request;
}

std::string without_query(const std::string& url) {
    return url.substr(0, url.find('?'));
}

std::unique_ptr<Effect> http_effect(net::HttpClient& http, Scheduler& scheduler, HttpSpec spec) {
    return std::make_unique<HttpEffect>(http, scheduler, std::move(spec));
}

} // namespace sluice::effects
