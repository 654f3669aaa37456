#include "kubernetes/object_writes.h"
#include "kubernetes/status.h"
#include "kubernetes/workload_writes.h"
#include "support/kubernetes_fixture.h"
#include "support/suite.h"

using namespace sluice;
using namespace sluice::kubernetes;
using namespace sluice::testing;

namespace {

const std::string blue_path = "/apis/apps/v1/namespaces/production/deployments/user-service-blue";
const std::string image_path = "PATCH " + blue_path + "?fieldManager=sluice";
const Ask ask{"s/step/1", net::Pool::acting};
ObjectRef blue() {
    return *parse_in_namespace("production/user-service-blue");
}
PreparedWrite image() {
    return *image_write(blue(), "app", "nova/user-service:v1.2.4", deployment());
}

/// The deployment after somebody set another image by kubectl.
Json edited() {
    Json object = deployment();
    object["spec"]["template"]["spec"]["containers"][1]["image"] = "nova/user-service:v9";
    Json fields;
    fields["f:spec"]["f:template"]["f:spec"]["f:containers"][Json{{"name", "app"}}.dump().insert(0, "k:")]["f:image"] =
        Json::object();
    object["metadata"]["managedFields"] = Json::array(
        {{{"manager", "helm"}, {"time", "2026-01-06T02:09:00Z"}, {"fieldsV1", {{"f:metadata", Json::object()}}}},
         {{"manager", "kubectl-set"}, {"time", "2026-01-06T02:01:00Z"}, {"fieldsV1", fields}},
         {{"manager", "kube-controller-manager"}, {"subresource", "status"}, {"time", "2026-01-06T02:10:00Z"}}});
    return object;
}

} // namespace

class SendTest : public QObject {
    Q_OBJECT

    static Error refusal(ClusterFixture& f, const PreparedWrite& write) {
        std::optional<Error> error;
        send(f.client, write, ask, [&](Result<Reply> reply) { error = reply ? Error{} : reply.error(); });
        f.settle();
        return *error;
    }

private slots:
    void preparing_reads_each_object_once_and_in_order() {
        ClusterFixture f;
        f.http.answer("GET " + blue_path, 200, deployment());
        f.http.answer("GET /api/v1/namespaces/production-green", 404,
                      status(404, "NotFound", "namespaces \"production-green\" not found"));
        std::vector<PreparedWrite> writes;
        prepare(f.client,
                {{blue_path, [](const Json& found) { return image_write(blue(), "app", "x", found); }},
                 {"/api/v1/namespaces/production-green",
                  [](const Json& found) { return namespace_write("production-green", found); }}},
                ask, [&](Result<std::vector<PreparedWrite>> made) { writes = *made; });
        f.settle();
        SCRIPT_DONE(f.http);
        QCOMPARE(writes.size(), std::size_t{2});
        SAME_TEXT(f.http.sent[1].key, "s/step/1#read2");
    }

    void preparing_ends_at_the_first_that_can_not_be() {
        ClusterFixture f;
        f.http.answer("GET " + blue_path, 403, status(403, "Forbidden", "no"));
        std::optional<Error> error;
        prepare(f.client,
                {{blue_path, [](const Json& found) { return image_write(blue(), "app", "x", found); }},
                 {"/api/v1/x", nullptr}},
                ask, [&](Result<std::vector<PreparedWrite>> made) { error = made.error(); });
        f.settle();
        SCRIPT_DONE(f.http);
        QVERIFY(error && error->code == ErrorCode::refused);
    }

    void what_is_sent_is_what_was_prepared() {
        ClusterFixture f;
        f.http.answer(image_path, 200, deployment());
        bool done = false;
        const PreparedWrite write = *PreparedWrite::from_json(image().to_json());
        send(f.client, write, ask, [&](Result<Reply> reply) { done = reply.has_value(); });
        f.settle();
        SCRIPT_DONE(f.http);
        QVERIFY(done);
        SAME_TEXT(f.http.sent[0].body, image().body);
        SAME_TEXT(f.http.header(0, "Content-Type"), "application/json-patch+json");
        QCOMPARE(f.http.sent[0].pool, net::Pool::acting);
    }

    void a_failed_test_is_explained_by_reading_the_object_again() {
        ClusterFixture f;
        f.http.answer(image_path, 422,
                      status(422, "Invalid", "the server rejected our request due to an error in our request"));
        f.http.answer("GET " + blue_path, 200, edited());
        const Error error = refusal(f, image());
        SCRIPT_DONE(f.http);
        QVERIFY(error.code == ErrorCode::conflict);
        QVERIFY2(error.what.find("containers[app]/image was \"nova/user-service:v1.2.3\", is \"nova/user-service:v9\" "
                                 "(by kubectl-set at 2026-01-06T02:01:00Z)") != std::string::npos,
                 error.what.c_str());
        QVERIFY(!may_have_happened(error));
    }

    void a_change_that_is_itself_invalid_is_not_called_a_conflict() {
        ClusterFixture f;
        f.http.answer(image_path, 422, status(422, "Invalid", "image is not a name"));
        f.http.answer("GET " + blue_path, 200, deployment());
        const Error error = refusal(f, image());
        QVERIFY(error.code == ErrorCode::refused);
        SAME_TEXT(error.what, "image is not a name");
    }

    void a_stale_version_names_who_moved_it_on() {
        ClusterFixture f;
        const PreparedWrite write = *annotation_write(blue(), {{"a", "1"}}, deployment());
        Json now = edited();
        now["metadata"]["annotations"] = {{"a", "theirs"}};
        f.http.answer(image_path, 409, status(409, "Conflict", "the object has been modified"));
        f.http.answer("GET " + blue_path, 200, now);
        const Error error = refusal(f, write);
        QVERIFY(error.code == ErrorCode::conflict);
        QVERIFY2(error.what.find("/metadata/annotations was nothing") != std::string::npos ||
                     error.what.find("annotations/a was nothing, is \"theirs\"") != std::string::npos,
                 error.what.c_str());
        QVERIFY2(error.what.find("(by helm at 2026-01-06T02:09:00Z)") != std::string::npos, error.what.c_str());
    }

    void an_object_that_was_deleted_meanwhile_is_told_so() {
        ClusterFixture f;
        f.http.answer(image_path, 409, status(409, "Conflict", "uid mismatch"));
        f.http.answer("GET " + blue_path, 404, status(404, "NotFound", "not found"));
        const Error error = refusal(f, image());
        QVERIFY(error.code == ErrorCode::conflict);
        QVERIFY(error.what.find("deleted meanwhile") != std::string::npos);
    }

    void a_conflict_stays_one_when_it_can_not_be_explained() {
        ClusterFixture f;
        f.http.answer(image_path, 409, status(409, "Conflict", "the object has been modified"));
        f.http.lose("GET " + blue_path);
        QVERIFY(refusal(f, image()).code == ErrorCode::conflict);
    }

    void deleting_what_is_gone_meanwhile_is_done() {
        ClusterFixture f;
        f.http.answer("DELETE " + blue_path, 404, status(404, "NotFound", "not found"));
        QVERIFY(refusal(f, *delete_write(blue(), false, deployment())) == Error{});
    }

    void nothing_to_do_sends_nothing() {
        ClusterFixture f;
        QVERIFY(refusal(f, *scale_write(blue(), 5, deployment())) == Error{});
        QVERIFY(f.http.sent.empty());
    }

    void a_stored_write_that_held_secrets_is_not_sent() {
        ClusterFixture f;
        const auto write = env_write(blue(), "app", {{"PASSWORD", "hunter2", true}}, deployment());
        QVERIFY(refusal(f, *PreparedWrite::from_json(write->to_json())).code == ErrorCode::refused);
        QVERIFY(f.http.sent.empty());
    }

    void after_a_lost_answer_reading_back_tells_data() {
        QTest::addColumn<QString>("now");
        QTest::addColumn<int>("match");
        QTest::addColumn<bool>("before");
        Json set = deployment();
        set["spec"]["template"]["spec"]["containers"][1]["image"] = "nova/user-service:v1.2.4";
        const auto row = [](const char* name, const std::string& now, Match match, bool before) {
            QTest::newRow(name) << QString::fromStdString(now) << static_cast<int>(match) << before;
        };
        row("it happened", set.dump(), Match::matches, false);
        row("it did not", deployment().dump(), Match::differs, true);
        row("somebody else's stands there", edited().dump(), Match::differs, false);
        row("no answer again", "", Match::unknown, false);
    }
    void after_a_lost_answer_reading_back_tells() {
        QFETCH(QString, now);
        QFETCH(int, match);
        QFETCH(bool, before);
        ClusterFixture f;
        f.http.lose(image_path);
        QVERIFY(may_have_happened(refusal(f, image())));
        if (now.isEmpty()) {
            f.http.lose("GET " + blue_path, ErrorCode::unreachable);
        } else {
            f.http.answer_text("GET " + blue_path, 200, now.toStdString());
        }
        std::optional<ReadBack> back;
        // As after a crash: from what was stored.
        read_back(f.client, *PreparedWrite::from_json(image().to_json()), ask, [&](ReadBack answer) { back = answer; });
        f.settle();
        SCRIPT_DONE(f.http);
        QCOMPARE(static_cast<int>(back->match), match);
        QCOMPARE(back->as_expected_before, before);
        QCOMPARE(back->detail.empty(), back->match == Match::matches);
    }

    void only_what_was_certainly_not_sent_is_known_not_to_have_happened() {
        QVERIFY(!may_have_happened(
            {ErrorCode::unreachable, "connection refused; the request did not reach the server", "", ""}));
        QVERIFY(may_have_happened({ErrorCode::unreachable, "connection reset", "", ""}));
    }
};

SLUICE_TEST(SendTest)
#include "send_test.moc"
