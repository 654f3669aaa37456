#include "kubernetes/client.h"

#include "kubernetes/service_proxy.h"
#include "kubernetes/status.h"
#include "support/kubernetes_fixture.h"
#include "support/suite.h"

using namespace sluice;
using namespace sluice::kubernetes;
using namespace sluice::testing;

namespace {

const Ask ask{"s/step/1#1", net::Pool::acting};
const std::string path = "/apis/apps/v1/namespaces/production/deployments/user-service-blue";

ObjectRef blue() {
    return *parse_in_namespace("production/user-service-blue");
}

} // namespace

class ClientTest : public QObject {
    Q_OBJECT
private slots:
    void each_request_is_what_the_api_reads() {
        ClusterFixture f;
        int answers = 0;
        const auto count = [&](Result<Reply> reply) { answers += reply ? 1 : 0; };
        f.http.answer("GET " + path, 200, deployment(), {{"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}});
        f.client.get(blue(), ask, [&](Result<Reply> reply) {
            QVERIFY(reply);
            QCOMPARE(reply->server_time->count, seconds(784111777).count);
            ++answers;
        });
        f.http.answer("GET /api/v1/namespaces/production/pods?labelSelector=app%3Dx", 200, {{"items", Json::array()}});
        f.client.list(**find_type("pods"), "production", "app=x", ask, count);
        f.http.answer("PATCH " + path + "?fieldManager=sluice", 200, deployment());
        f.client.json_patch(blue(), Json::array(), ask, count);
        f.http.answer("PATCH " + path + "?fieldManager=sluice", 200, deployment());
        f.client.merge_patch(blue(), Json::object(), ask, count);
        f.http.answer("PATCH " + path + "?fieldManager=sluice", 200, deployment());
        f.client.strategic_merge_patch(blue(), Json::object(), ask, count);
        f.http.answer("PATCH " + path + "?fieldManager=sluice", 200, deployment());
        f.client.apply(blue(), Json::object(), ask, count);
        f.http.answer("POST /apis/apps/v1/namespaces/production/deployments?fieldManager=sluice", 201, deployment());
        f.client.create(blue(), deployment(), ask, count);
        f.http.answer("DELETE " + path, 200, {{"kind", "Status"}, {"status", "Success"}});
        f.client.remove(blue(), {"u-1", "41"}, ask, count);
        f.settle();
        SCRIPT_DONE(f.http);
        QCOMPARE(answers, 8);
        QCOMPARE(f.http.sent[0].pool, net::Pool::acting);
        SAME_TEXT(f.http.sent[0].key, "s/step/1#1");
        SAME_TEXT(f.http.header(0, "Authorization"), "Bearer t0k3n");
        SAME_TEXT(f.http.header(0, "Content-Type"), "");
        SAME_TEXT(f.http.header(2, "Content-Type"), "application/json-patch+json");
        SAME_TEXT(f.http.header(3, "Content-Type"), "application/merge-patch+json");
        SAME_TEXT(f.http.header(4, "Content-Type"), "application/strategic-merge-patch+json");
        SAME_TEXT(f.http.header(5, "Content-Type"), "application/apply-patch+yaml");
        SAME_JSON(f.http.body(7)["preconditions"], (Json{{"uid", "u-1"}, {"resourceVersion", "41"}}));
    }

    void a_refusal_says_who_and_what_and_the_remedy_data() {
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("reason");
        QTest::addColumn<int>("expected");
        QTest::addColumn<QString>("says");
        QTest::addColumn<bool>("open");
        const auto row = [](const char* name, int code, const char* reason, ErrorCode expected, const char* says,
                            bool open) {
            QTest::newRow(name) << code << reason << static_cast<int>(expected) << says << open;
        };
        row("unauthorised", 401, "Unauthorized", ErrorCode::refused, "the user 'lead'", false);
        row("forbidden", 403, "Forbidden", ErrorCode::refused, "allows 'patch'", false);
        row("not found", 404, "NotFound", ErrorCode::not_found, "told so", false);
        row("conflict", 409, "Conflict", ErrorCode::conflict, "read it again", false);
        row("exists", 409, "AlreadyExists", ErrorCode::conflict, "told so", false);
        row("gone", 410, "Expired", ErrorCode::conflict, "too old", false);
        row("invalid", 422, "Invalid", ErrorCode::refused, ".spec.replicas: must be positive", false);
        row("bad", 400, "BadRequest", ErrorCode::bad_input, "told so", false);
        row("busy", 429, "TooManyRequests", ErrorCode::refused, "try again in 3 s", false);
        row("broken", 500, "InternalError", ErrorCode::unreachable, "read back", true);
        row("slow", 504, "Timeout", ErrorCode::timed_out, "read back", true);
    }
    void a_refusal_says_who_and_what_and_the_remedy() {
        QFETCH(int, code);
        QFETCH(QString, reason);
        QFETCH(int, expected);
        QFETCH(QString, says);
        QFETCH(bool, open);
        ClusterFixture f;
        f.http.answer(
            "PATCH " + path + "?fieldManager=sluice", code,
            status(code, reason.toUtf8(), "told so", {{{"field", ".spec.replicas"}, {"message", "must be positive"}}}),
            {{"Retry-After", "3"}});
        std::optional<Error> error;
        f.client.merge_patch(blue(), Json::object(), ask, [&](Result<Reply> reply) { error = reply.error(); });
        f.settle();
        QVERIFY(error);
        QCOMPARE(static_cast<int>(error->code), expected);
        QVERIFY2(to_text(*error).find(says.toStdString()) != std::string::npos, to_text(*error).c_str());
        QCOMPARE(may_have_happened(*error), open);
        QVERIFY(to_text(*error).find("t0k3n") == std::string::npos);
    }

    void of_what_only_asked_it_is_not_said_that_it_may_have_arrived() {
        const char* broke_off = "the connection broke off; the request may have reached the server";
        ClusterFixture f;
        f.http.lose("GET " + path, ErrorCode::unreachable, broke_off);
        f.http.lose("PATCH " + path + "?fieldManager=sluice", ErrorCode::unreachable, broke_off);
        std::vector<std::string> told;
        f.client.get(blue(), ask, [&](Result<Reply> reply) { told.push_back(reply.error().what); });
        f.client.merge_patch(blue(), Json::object(), ask, [&](Result<Reply> reply) {
            told.push_back(reply.error().what);
            QVERIFY(may_have_happened(reply.error()));
        });
        f.settle();
        QCOMPARE(told.size(), std::size_t{2});
        SAME_TEXT(told[0], "the connection broke off");
        SAME_TEXT(told[1], broke_off);
    }

    void an_apply_conflict_names_the_managers() {
        const Error error = error_of(409,
                                     status(409, "Conflict", "Apply failed with 1 conflict",
                                            {{{"reason", "FieldManagerConflict"},
                                              {"field", ".spec.replicas"},
                                              {"message", "conflict with \"kubectl-scale\" using apps/v1"}}}),
                                     "", {"patch", "x", "PATCH x", "prod", "lead"});
        QVERIFY(error.code == ErrorCode::conflict);
        QVERIFY2(error.what.find(".spec.replicas: conflict with \"kubectl-scale\"") != std::string::npos,
                 error.what.c_str());
    }

    void an_answer_of_something_else_is_told_as_such() {
        ClusterFixture f;
        f.http.answer_text("GET " + path, 200, "<html>");
        f.http.answer_text("GET " + path, 502, "<html>");
        f.http.answer_text("GET " + path, 409, "[]");
        std::vector<ErrorCode> codes;
        for (int i = 0; i < 3; ++i) {
            f.client.get(blue(), ask, [&](Result<Reply> reply) { codes.push_back(reply.error().code); });
        }
        f.settle();
        QVERIFY((codes == std::vector{ErrorCode::corrupt, ErrorCode::unreachable, ErrorCode::conflict}));
    }

    void nothing_is_sent_without_the_token_that_is_asked_for() {
        VirtualScheduler scheduler(seconds(1));
        ScriptedHttp http(scheduler);
        Cluster cluster = ClusterFixture::cluster();
        cluster.token.clear();
        cluster.token_file = "/gone";
        Client client(http, scheduler, cluster, [](const std::string& p) -> Result<std::string> {
            return fail(ErrorCode::not_found, "no such file", p);
        });
        bool refused = false;
        client.get(blue(), ask, [&](Result<Reply> reply) { refused = reply.error().code == ErrorCode::io; });
        QVERIFY(!refused); // never from within the call
        scheduler.run_until(seconds(2));
        QVERIFY(refused);
        QVERIFY(http.sent.empty());
    }

    void services_are_reached_through_the_proxy_data() {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("path");
        const auto row = [](const char* url, const char* to) { QTest::newRow(url) << url << to; };
        row("http://user-service-green.production:8081/health",
            "/api/v1/namespaces/production/services/user-service-green:8081/proxy/health");
        row("http://prometheus.monitoring.svc:9090/api/v1/query?query=up%3D%3D1",
            "/api/v1/namespaces/monitoring/services/prometheus:9090/proxy/api/v1/query?query=up%3D%3D1");
        row("http://web", "/api/v1/namespaces/default/services/web/proxy/");
        row("http://web?x=1", "/api/v1/namespaces/default/services/web/proxy/?x=1");
        row("https://web.a.svc.cluster.local:https/x", "/api/v1/namespaces/a/services/https:web:https/proxy/x");
        row("http://web.a.example.com/", "");
        row("ftp://web.a/", "");
        row("http://user@web.a/", "");
    }
    void services_are_reached_through_the_proxy() {
        QFETCH(QString, url);
        QFETCH(QString, path);
        const auto made = proxy_path(url.toStdString(), "default");
        QCOMPARE(made.has_value(), !path.isEmpty());
        if (made) {
            SAME_TEXT(*made, path.toStdString());
        }
    }

    void the_proxy_uses_the_clusters_credentials_and_no_others() {
        ClusterFixture f;
        ServiceProxy proxy(f.http, f.client);
        f.http.answer("GET /api/v1/namespaces/a/services/web:80/proxy/health", 200, "ok");
        net::HttpRequest request;
        request.url = "http://web.a:80/health";
        int answered = 0;
        proxy.send(request, [&](Result<net::HttpResponse> answer) { answered += answer->status; });
        request.headers.emplace_back("authorization", "Basic x");
        bool refused = false;
        proxy.send(request,
                   [&](Result<net::HttpResponse> answer) { refused = answer.error().code == ErrorCode::refused; });
        f.settle();
        SCRIPT_DONE(f.http);
        QCOMPARE(answered, 200);
        QVERIFY(refused);
        SAME_TEXT(f.http.header(0, "Authorization"), "Bearer t0k3n");
    }
};

SLUICE_TEST(ClientTest)
#include "client_test.moc"
