#pragma once
#include "base/json.h"
#include "net/qt_http_client.h"
#include "net/virtual_driver.h"
#include "range/range.h"

#include <QFile>
#include <QtTest>
#include <memory>

namespace sluice::range {

inline const Nanos tuesday = seconds(1'767'664'800); // 2026-01-06T02:00:00Z

inline std::string file(const std::string& path) {
    QFile in(QString::fromStdString(std::string(SLUICE_SOURCE_DIR) + "/" + path));
    return in.open(QIODevice::ReadOnly) ? in.readAll().toStdString() : std::string();
}

/// Nova's production under a virtual clock, asked over real sockets.
class Rehearsed {
public:
    explicit Rehearsed(std::vector<std::string> faults = {}, std::uint64_t seed = 1, bool secure = false,
                       bool kafka = false)
        : scheduler(tuesday), driver(scheduler), client(scheduler) {
        RangeOptions options;
        options.seed = seed;
        options.arms = {{"blue", "production/user-service-blue", "production/user-service-blue"},
                        {"green", "production-green/user-service-green", "production/user-service-green"}};
        const std::vector<std::string> names = {"blue", "green"};
        for (const std::string& text : faults) {
            auto fault = parse_fault(text, names);
            if (!fault) {
                qFatal("%s", to_text(fault.error()).c_str());
            }
            options.faults.push_back(*fault);
        }
        options.world = file("plans/nova/range.yaml");
        options.world_name = "nova.yaml";
        options.tls = secure;
        options.kafka = kafka;
        auto started = Range::start(scheduler, options);
        if (!started) {
            qFatal("%s", to_text(started.error()).c_str());
        }
        range = std::move(*started);
        if (secure) {
            tls = std::make_shared<net::Tls>(net::Tls{range->addresses().ca_pem, "", "", ""});
        }
    }

    Result<net::HttpResponse> send(const std::string& method, const std::string& url, const std::string& body = {},
                                   net::Headers headers = {}, Nanos timeout = seconds(60)) {
        std::optional<Result<net::HttpResponse>> answer;
        net::HttpRequest request;
        request.method = method;
        request.url = url;
        request.body = body;
        request.headers = std::move(headers);
        request.key = "test/" + std::to_string(++asked);
        request.timeout = timeout;
        request.tls = tls;
        client.send(std::move(request), [&](Result<net::HttpResponse> result) { answer = std::move(result); });
        if (!driver.run_until([&] { return answer.has_value(); })) {
            qFatal("no answer to %s %s", method.c_str(), url.c_str());
        }
        return *answer;
    }

    net::HttpResponse api(const std::string& method, const std::string& path, const std::string& body = {},
                          const std::string& media = {}) {
        net::Headers headers = {{"Authorization", "Bearer " + range->addresses().token}};
        if (!media.empty()) {
            headers.emplace_back("Content-Type", media);
        }
        const auto answer = send(method, range->addresses().kubernetes + path, body, headers);
        return answer ? *answer : net::HttpResponse{0, {}, to_text(answer.error())};
    }
    Json get(const std::string& path) { return Json::parse(api("GET", path).body, nullptr, false); }
    net::HttpResponse merge(const std::string& path, const std::string& body) {
        return api("PATCH", path, body, "application/merge-patch+json");
    }

    /// First value of an instant query; NaN when there is none.
    double query(const std::string& expression) {
        const auto answer = send("GET", range->addresses().prometheus + "/api/v1/query?query=" +
                                            QByteArray::fromStdString(expression).toPercentEncoding().toStdString());
        const Json json = answer ? Json::parse(answer->body, nullptr, false) : Json();
        const Json value = json.is_object() ? json.value("/data/result/0/value/1"_json_pointer, Json()) : Json();
        return value.is_string() ? parse_number(value.get<std::string>()).value_or(std::nan("")) : std::nan("");
    }

    void pass(Nanos length) {
        bool there = false;
        scheduler.after(length, [&] { there = true; });
        if (!driver.run_until([&] { return there; })) {
            qFatal("the time does not pass");
        }
    }

    /// Until a deployment's rollout is done; false after ten minutes.
    bool rolled_out(const std::string& path) {
        for (const Nanos start = scheduler.now(); scheduler.now() < start + minutes(10); pass(seconds(1))) {
            const Json d = get(path);
            const Json status = d.value("status", Json::object());
            const int wanted = d.value("/spec/replicas"_json_pointer, -1);
            if (d["metadata"]["generation"] == status.value("observedGeneration", 0) &&
                status.value("updatedReplicas", 0) == wanted && status.value("replicas", 0) == wanted &&
                status.value("availableReplicas", 0) == wanted) {
                return true;
            }
        }
        return false;
    }

    void green_up() {
        QVERIFY(range->apply_manifest(file("tests/range/nova_green.yaml"), "green.yaml"));
        QVERIFY(rolled_out(green));
    }
    net::HttpResponse canary(int weight) {
        return merge(canary_ingress, R"({"metadata":{"annotations":{"nginx.ingress.kubernetes.io/canary-weight":")" +
                                         std::to_string(weight) + R"("}}})");
    }

    static constexpr const char* blue = "/apis/apps/v1/namespaces/production/deployments/user-service-blue";
    static constexpr const char* green = "/apis/apps/v1/namespaces/production-green/deployments/user-service-green";
    static constexpr const char* ingress = "/apis/networking.k8s.io/v1/namespaces/production/ingresses/api-ingress";
    static constexpr const char* canary_ingress =
        "/apis/networking.k8s.io/v1/namespaces/production/ingresses/api-ingress-canary";

    VirtualScheduler scheduler;
    net::VirtualDriver driver;
    net::QtHttpClient client;
    std::unique_ptr<Range> range;
    std::shared_ptr<const net::Tls> tls;
    int asked = 0;
};

} // namespace sluice::range
