/// A kept port-forward: the program is a script that behaves as kubectl does, the sockets are real.
#include "kubernetes/port_forward.h"
#include "net/fake_server.h"
#include "net/live_scheduler.h"
#include "net/qt_http_client.h"
#include "support/suite.h"

#include <QFile>
#include <QPointer>
#include <QTemporaryDir>
#include <QtTest>
#include <csignal>

using namespace sluice;
using namespace sluice::kubernetes;
using namespace sluice::testing;

class PortForwardTest : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> folder_;
    net::LiveScheduler scheduler_;

    QString place(const char* name) const { return folder_->filePath(name); }
    void write(const char* name, const QByteArray& text) const {
        QFile file(place(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }
    QByteArray read(const char* name) const {
        QFile file(place(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    ForwardSpec spec() const {
        return {.program = place("kubectl").toStdString(),
                .kubeconfig = "/k/config",
                .context = "the prod",
                .name_space = "monitoring",
                .target = "service/prometheus",
                .port = 9090,
                .rest = milliseconds(20)};
    }
    static net::HttpRequest question(const char* path, Nanos timeout) {
        net::HttpRequest request;
        request.url = std::string("http://prometheus.monitoring:9090") + path;
        request.key = "k";
        request.timeout = timeout;
        return request;
    }
    Result<net::HttpResponse> ask(PortForward& forward, Nanos timeout = seconds(10),
                                  const char* path = "/x?y=1") const {
        std::optional<Result<net::HttpResponse>> result;
        forward.send(question(path, timeout), [&](Result<net::HttpResponse> answer) { result = std::move(answer); });
        return QTest::qWaitFor([&] { return result.has_value(); }, 15'000) ? *result
                                                                           : fail(ErrorCode::internal, "no call back");
    }
    bool alive() const { return alive(read("pid")); }
    static bool alive(const QByteArray& pid) { return ::kill(pid.trimmed().toInt(), 0) == 0; }

private slots:
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        write("kubectl", "#!/bin/sh\ncd \"$(dirname \"$0\")\"\n"
                         "echo $$ > pid; printf '[%s]' \"$@\" >> args; echo \"$HTTPS_PROXY\" >> args\n"
                         "[ -f fails ] && { echo first >&2; cat fails >&2; exit 1; }\n"
                         "[ -f silent ] || echo \"Forwarding from 127.0.0.1:$(cat port) -> 9090\"\n"
                         "exec sleep 600\n");
        QFile(place("kubectl")).setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }

    void a_server_is_asked_by_its_own_name_and_the_program_ends_with_us() {
        FakeServer server([](const Seen& seen) { seen.socket->write(answer(200, "there")); });
        write("port", QByteArray::number(server.port()));
        qputenv("HTTPS_PROXY", "http://proxy.example:3128");
        {
            net::QtHttpClient http(scheduler_);
            PortForward forward(http, scheduler_, spec());
            QVERIFY(!QFile::exists(place("pid"))); // nothing before it is needed
            for (int i = 0; i < 2; ++i) {
                const auto got = ask(forward);
                QVERIFY2(got, got ? "" : to_text(got.error()).c_str());
                QCOMPARE(got->body, std::string("there"));
            }
            QVERIFY(alive());
        }
        qunsetenv("HTTPS_PROXY");
        QVERIFY(!alive());
        QCOMPARE(server.seen.size(), std::size_t{2});
        QCOMPARE(server.seen[0].header("Host"), QByteArray("prometheus.monitoring:9090"));
        QCOMPARE(server.seen[0].target, QByteArray("/x?y=1"));
        QCOMPARE(read("args"), QByteArray("[--kubeconfig][/k/config][--context][the prod][--namespace][monitoring]"
                                          "[port-forward][--address][127.0.0.1][service/prometheus][:9090]\n"));
    }

    void one_that_ends_is_told_with_its_reason_and_begun_again() {
        FakeServer server([](const Seen& seen) { seen.socket->write(answer(200, "there")); });
        net::QtHttpClient http(scheduler_);
        PortForward forward(http, scheduler_, spec());
        write("port", QByteArray::number(server.port()));
        write("fails", "error: unable to forward port because pod is not running\n");
        for (int i = 0; i < 2; ++i) { // as it comes up, and while it rests
            const auto got = ask(forward);
            QVERIFY(!got);
            QCOMPARE(got.error().code, ErrorCode::unreachable);
            QVERIFY(net::certainly_not_sent(got.error()));
            QVERIFY2(got.error().what.starts_with("the port-forward does not stand: error: unable to forward port "
                                                  "because pod is not running; "),
                     got.error().what.c_str());
        }
        QVERIFY(QFile::remove(place("fails")));
        QTRY_VERIFY_WITH_TIMEOUT(ask(forward).has_value(), 5000);
        // Killed from outside. Whether a request falls into its short rest is a matter of luck.
        const QByteArray killed = read("pid");
        QCOMPARE(::kill(killed.trimmed().toInt(), SIGKILL), 0);
        QTRY_VERIFY_WITH_TIMEOUT(ask(forward).has_value() && read("pid") != killed, 5000);
    }

    void one_behind_which_nobody_is_any_more_is_begun_anew() {
        net::QtHttpClient http(scheduler_);
        PortForward forward(http, scheduler_, spec());
        {
            FakeServer gone([](const Seen& seen) { seen.socket->write(answer(200, "there")); });
            write("port", QByteArray::number(gone.port()));
            QVERIFY(ask(forward));
        }
        const QByteArray first = read("pid");
        FakeServer server([](const Seen& seen) { seen.socket->write(answer(200, "again")); });
        write("port", QByteArray::number(server.port()));
        QVERIFY(!ask(forward));
        QTRY_VERIFY_WITH_TIMEOUT(ask(forward).has_value(), 5000);
        QVERIFY(read("pid") != first);
    }

    /// Half-open: it takes what is sent, and nothing comes back.
    void one_that_hangs_is_begun_anew_and_says_so() {
        net::QtHttpClient http(scheduler_);
        bool silent = false;
        FakeServer hung([&silent](const Seen& seen) {
            if (!silent) {
                seen.socket->write(answer(200, "there"));
            }
        });
        FakeServer server([](const Seen& seen) { seen.socket->write(answer(200, "again")); });
        PortForward forward(http, scheduler_, spec());
        write("port", QByteArray::number(hung.port()));
        QVERIFY(ask(forward));
        const QByteArray first = read("pid");
        silent = true;
        write("port", QByteArray::number(server.port()));
        const auto late = ask(forward, milliseconds(50));
        QVERIFY(!late);
        QCOMPARE(late.error().code, ErrorCode::timed_out);
        QCOMPARE(late.error().remedy, std::string("nothing came by its port-forward, which is begun anew"));
        const auto got = ask(forward); // the very next one
        QVERIFY2(got, got ? "" : to_text(got.error()).c_str());
        QCOMPARE(got->body, std::string("again"));
        QVERIFY(read("pid") != first);
        QTRY_VERIFY_WITH_TIMEOUT(!alive(first), 5000);
    }

    void one_that_took_a_part_of_the_time_to_come_up_is_kept() {
        net::QtHttpClient http(scheduler_);
        bool silent = true;
        FakeServer server([&silent](const Seen& seen) {
            if (!silent) {
                seen.socket->write(answer(200, "there"));
            }
        });
        PortForward forward(http, scheduler_, spec());
        write("port", QByteArray::number(server.port()));
        const auto late = ask(forward, milliseconds(500));
        QVERIFY(!late && late.error().code == ErrorCode::timed_out);
        QVERIFY2(late.error().remedy.empty(), late.error().remedy.c_str());
        const QByteArray first = read("pid");
        silent = false;
        QVERIFY(ask(forward));
        QCOMPARE(read("pid"), first);
    }

    void one_by_which_others_are_answered_is_kept() {
        net::QtHttpClient http(scheduler_);
        FakeServer server([](const Seen& seen) {
            if (seen.target != "/slow") {
                seen.socket->write(answer(200, "there"));
            }
        });
        PortForward forward(http, scheduler_, spec());
        write("port", QByteArray::number(server.port()));
        QVERIFY(ask(forward));
        const QByteArray first = read("pid");
        std::optional<Result<net::HttpResponse>> slow;
        forward.send(question("/slow", seconds(1)), [&](auto answer) { slow = std::move(answer); });
        QVERIFY(ask(forward));
        QTRY_VERIFY_WITH_TIMEOUT(slow.has_value(), 5000);
        QVERIFY(!*slow && slow->error().remedy.empty());
        QVERIFY(ask(forward));
        QCOMPARE(read("pid"), first);
    }

    /// A step that takes its time must not be in doubt because a poll had no answer.
    void what_is_on_its_way_by_one_that_hangs_may_still_be_answered() {
        net::QtHttpClient http(scheduler_);
        QPointer<QTcpSocket> held;
        FakeServer slow([&held](const Seen& seen) {
            if (seen.target == "/long") {
                held = seen.socket;
            } else if (seen.target != "/lost") {
                seen.socket->write(answer(200, "there"));
            }
        });
        FakeServer server([](const Seen& seen) { seen.socket->write(answer(200, "again")); });
        PortForward forward(http, scheduler_, spec());
        write("port", QByteArray::number(slow.port()));
        QVERIFY(ask(forward));
        const QByteArray first = read("pid");
        std::optional<Result<net::HttpResponse>> of_step;
        forward.send(question("/long", seconds(10)), [&](auto answer) { of_step = std::move(answer); });
        QTRY_VERIFY_WITH_TIMEOUT(held != nullptr, 5000);
        write("port", QByteArray::number(server.port()));
        QVERIFY(!ask(forward, milliseconds(50), "/lost"));
        const auto next = ask(forward);
        QVERIFY(next && next->body == "again");
        QVERIFY(alive(first) && !of_step);
        held->write(answer(200, "done"));
        QTRY_VERIFY_WITH_TIMEOUT(of_step.has_value(), 5000);
        QVERIFY(*of_step && (*of_step)->body == "done");
        QTRY_VERIFY_WITH_TIMEOUT(!alive(first), 5000);
        QVERIFY(alive());
    }

    void one_that_nobody_wants_any_more_stands_only_for_what_is_on_its_way() {
        net::QtHttpClient http(scheduler_);
        FakeServer server([](const Seen& seen) { seen.socket->write(answer(200, "there")); });
        write("port", QByteArray::number(server.port()));
        PortForward forward(http, scheduler_, spec());
        QVERIFY(ask(forward));
        QVERIFY(alive());
        forward.let_go();
        QTRY_VERIFY_WITH_TIMEOUT(!alive(), 5000);
        QVERIFY(ask(forward)); // a look of the old plan
        QTRY_VERIFY_WITH_TIMEOUT(!alive(), 5000);
        PortForward unused(http, scheduler_, spec());
        unused.let_go();
    }

    void one_that_does_not_come_up_costs_a_request_no_more_than_its_time() {
        net::QtHttpClient http(scheduler_);
        PortForward forward(http, scheduler_, spec());
        write("silent", "");
        const auto got = ask(forward, milliseconds(50));
        QVERIFY(!got);
        QCOMPARE(got.error().code, ErrorCode::timed_out);
        QVERIFY(net::certainly_not_sent(got.error()));
    }

    void a_program_that_is_not_there_is_named() {
        net::QtHttpClient http(scheduler_);
        auto spec = this->spec();
        spec.program = "/nowhere/kubectl";
        PortForward forward(http, scheduler_, spec);
        const auto got = ask(forward);
        QVERIFY(!got);
        QVERIFY2(got.error().what.find("/nowhere/kubectl can't be started") != std::string::npos,
                 got.error().what.c_str());
    }

    void the_port_is_read_once_it_is_whole() {
        QCOMPARE(forwarded_port(""), 0);
        QCOMPARE(forwarded_port("Forwarding from 127.0.0.1:401"), 0);
        QCOMPARE(forwarded_port("Forwarding from 127.0.0.1:40123 -> 9090\n"), 40123);
        QCOMPARE(forwarded_port("Warning: x\nForwarding from 127.0.0.1:80 -> 9090\n"), 80);
        QCOMPARE(forwarded_port("Forwarding from 127.0.0.1:99999 -> 9090\n"), 0);
    }
};

SLUICE_TEST(PortForwardTest)
#include "port_forward_test.moc"
