/// A plan before it starts: read off the GUI thread, filled in, its window and its connections.
#include "screens/connection_list.h"
#include "screens/plan_preview.h"
#include "screens/plan_timeline.h"
#include "screens/variables_form.h"
#include "screens/visible_text.h"
#include "support/suite.h"
#include "theme/apply.h"
#include "ui/screens/desk.h"

#include <QComboBox>
#include <QLineEdit>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTreeWidget>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace sluice;
using screens::PlanPreview;
using testing::OwnDesk;
using testing::patience_ms;

namespace {

const std::string nova = SLUICE_SOURCE_DIR "/plans/nova/blue-green.yaml";

bool shown(const PlanPreview& preview) {
    return QTest::qWaitFor([&] { return preview.shown(); }, patience_ms);
}

QString all_text(QWidget& window) {
    return screens::visible_text(window).join('\n');
}

QLineEdit* field(QWidget& window, const QString& name) {
    for (auto* line : window.findChildren<QLineEdit*>()) {
        if (line->accessibleName().startsWith(name)) {
            return line;
        }
    }
    return nullptr;
}

QAction* action(QWidget& window, const QKeySequence& keys) {
    for (auto* one : window.actions()) {
        if (one->shortcut() == keys) {
            return one;
        }
    }
    return nullptr;
}

/// Answers every request with `body` and counts them.
class TinyServer : public QTcpServer {
public:
    explicit TinyServer(QByteArray body) {
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::newConnection, this, [this, body] {
            auto* socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [this, socket, body] {
                if (socket->readAll().contains("\r\n\r\n")) {
                    ++asked;
                    socket->write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                                  QByteArray::number(body.size()) + "\r\nConnection: close\r\n\r\n" + body);
                    socket->disconnectFromHost();
                }
            });
        });
    }
    int asked = 0;
};

} // namespace

class PreviewTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { theme::apply(*qApp, theme::Scheme::dark); }

    void a_plan_on_a_disk_that_hangs_holds_up_nobody_and_the_latest_wins() {
        const OwnDesk desk;
        const std::string stuck = (desk.base() / "stuck.yaml").string();
        QCOMPARE(::mkfifo(stuck.c_str(), 0600), 0); // opening it waits until somebody writes
        PlanPreview preview(desk.defaults().paths);
        preview.resize(1280, 800);
        preview.show();
        QElapsedTimer spent;
        spent.start();
        preview.show_plan(QString::fromStdString(stuck));
        QVERIFY(spent.elapsed() < 1000);
        QVERIFY(all_text(preview).contains("is being read"));
        QVERIFY(!preview.can_rehearse());
        preview.show_plan(QString::fromStdString(nova), {{"version", "v1.2.4"}, {"previous", "v1.2.3"}});
        QVERIFY(shown(preview)); // although the first still waits
        QVERIFY(all_text(preview).contains("Nova Streaming v1.2.4"));
        // The first comes to its end now, and is not shown.
        const int writer = ::open(stuck.c_str(), O_WRONLY);
        QVERIFY(writer >= 0);
        QVERIFY(::write(writer, "sluice: 1\n", 10) == 10);
        ::close(writer);
        QVERIFY(!QTest::qWaitFor([&] { return !all_text(preview).contains("Nova Streaming v1.2.4"); }, 500));
    }

    void each_error_stands_below_its_field_until_it_is_mended() {
        const OwnDesk desk;
        PlanPreview preview(desk.defaults().paths);
        preview.resize(1280, 800);
        preview.show();
        preview.show_plan(QString::fromStdString(nova));
        QVERIFY(shown(preview));
        auto* version = field(preview, "New version");
        auto* previous = field(preview, "Version that runs now");
        QVERIFY(version && previous);
        QVERIFY(!version->accessibleDescription().isEmpty());
        QVERIFY(!preview.can_rehearse());
        QCOMPARE(preview.focusWidget(), version); // the first that is wanted
        QTest::keyClicks(version, "v1.x");
        QVERIFY2(version->accessibleDescription().contains("'v1.x' is no semver"),
                 qPrintable(version->accessibleDescription()));
        const QLabel* below = nullptr; // the next label under the field
        for (auto* label : preview.findChildren<QLabel*>()) {
            below = label->isVisible() && label->text() == version->accessibleDescription() ? label : below;
        }
        QVERIFY2(below != nullptr, qPrintable(all_text(preview)));
        const int gap = below->mapTo(&preview, QPoint()).y() - version->mapTo(&preview, QPoint()).y();
        QVERIFY(gap > 0 && gap <= version->height() + 12);
        version->clear();
        QTest::keyClicks(version, "v1.2.4");
        QVERIFY(version->accessibleDescription().isEmpty());
        QTest::keyClicks(previous, "v1.2.3");
        QVERIFY(preview.can_rehearse());
        QVERIFY(all_text(preview).contains("Nova Streaming v1.2.4")); // the title follows
    }

    void variables_decide_what_the_timeline_and_the_list_show() {
        const OwnDesk desk;
        PlanPreview preview(desk.defaults().paths);
        preview.show();
        preview.show_plan(QString::fromStdString(nova),
                          {{"version", "v1.2.4"}, {"previous", "v1.2.3"}, {"ramp", "false"}});
        QVERIFY(shown(preview));
        auto* timeline = preview.findChild<screens::PlanTimeline*>();
        QCOMPARE(timeline->table().weights.size(), std::size_t(1));
        QVERIFY(timeline->accessibleDescription().contains("no way back"));
        int grey = 0;
        for (QTreeWidgetItemIterator item(preview.findChild<QTreeWidget*>()); *item != nullptr; ++item) {
            grey += (*item)->isDisabled() ? 1 : 0;
        }
        QCOMPARE(grey, 8); // the ramp's steps
    }

    void another_way_through_the_plan_changes_who_and_what() {
        const OwnDesk desk;
        PlanPreview preview(desk.defaults().paths);
        preview.show();
        preview.show_plan(SLUICE_SOURCE_DIR "/plans/examples/complete/service.yaml");
        QVERIFY(shown(preview));
        QComboBox* ways = nullptr;
        for (auto* box : preview.findChildren<QComboBox*>()) {
            ways = box->accessibleName() == "Way through the plan" ? box : ways;
        }
        QVERIFY(ways != nullptr && ways->isVisible());
        QCOMPARE(ways->count(), 2);
        const auto row = [&](const QString& title) {
            const auto found =
                preview.findChild<QTreeWidget*>()->findItems(title, Qt::MatchExactly | Qt::MatchRecursive);
            QStringList cells;
            for (int column = 0; found.size() == 1 && column < 3; ++column) {
                cells << found[0]->text(column);
            }
            return cells;
        };
        QCOMPARE(row("Go"), (QStringList{"Go", "approve", "release lead, owner"}));
        QCOMPARE(row("Bake"), (QStringList{"Bake", "hold", ""}));
        QVERIFY(QTest::qWaitFor([&] { return all_text(preview).contains("Window"); }, patience_ms));
        ways->setCurrentIndex(1);
        QCOMPARE(preview.variant(), "urgent");
        QCOMPARE(row("Go"), (QStringList{"Go", "approve", "release lead"}));
        QCOMPARE(row("Bake"), (QStringList{"Bake", "does not apply", ""}));
        QVERIFY(
            QTest::qWaitFor([&] { return !all_text(preview).contains("Window"); }, patience_ms)); // it binds nothing
        action(preview, Qt::Key_F5)->trigger();
        QVERIFY(shown(preview));
        QCOMPARE(preview.variant(), "urgent"); // it stays when the plan is read again
        QVERIFY(preview.can_rehearse());
        preview.show_plan(SLUICE_SOURCE_DIR "/plans/examples/complete/service.yaml", {}, "urgnt");
        QVERIFY(shown(preview));
        QVERIFY2(all_text(preview).contains("one of: urgent"), qPrintable(all_text(preview)));
        QVERIFY(!preview.can_rehearse() && !action(preview, Qt::CTRL | Qt::SHIFT | Qt::Key_Return)->isEnabled());
    }

    void a_plan_with_mistakes_says_where_and_starts_nothing() {
        const OwnDesk desk;
        PlanPreview preview(desk.defaults().paths);
        preview.show();
        const QString file = desk.write("broken.yaml", "sluice: 1\nid: broken\nphases:\n  - id: all\n    stepps: []\n");
        preview.show_plan(file);
        QVERIFY(shown(preview));
        QVERIFY2(all_text(preview).contains("broken.yaml:5:"), qPrintable(all_text(preview)));
        QVERIFY(!preview.can_rehearse());
        // Mended in an editor, and read again.
        desk.write("broken.yaml", testing::plan_with_a_person(desk.base()));
        QTest::keyClick(&preview, Qt::Key_F5);
        QVERIFY(shown(preview));
        QVERIFY(preview.can_rehearse());
        preview.show_plan(desk.write("gone.yaml", "") + ".not-there");
        QVERIFY(shown(preview));
        QVERIFY(all_text(preview).contains("can't be"));
    }

    void a_file_that_a_rehearsal_reads_and_that_is_not_there_holds_only_it_up() {
        const OwnDesk desk;
        PlanPreview preview(desk.defaults().paths);
        preview.show();
        preview.show_plan(
            desk.write("worldless.yaml",
                       "sluice: 1\nid: small\nrehearse: {world: world.yaml}\nphases: [{id: all, steps: [{id: go, "
                       "confirm: Go}]}]\nvariants: {quick: {title: Quick}}\n"),
            {});
        QVERIFY(shown(preview));
        QVERIFY2(all_text(preview).contains("there is no file 'world.yaml' beside the plan"),
                 qPrintable(all_text(preview)));
        QVERIFY(!preview.can_rehearse());
        QVERIFY(action(preview, QKeySequence("Ctrl+Shift+Return"))->isEnabled());
    }

    void connections_are_asked_when_somebody_asks_and_not_before() {
        const OwnDesk desk;
        TinyServer there(R"({"status":"success","data":{"resultType":"scalar","result":[1,"1"]}})");
        QTcpServer was;
        QVERIFY(was.listen(QHostAddress::LocalHost));
        const auto closed = std::to_string(was.serverPort());
        was.close();
        PlanPreview preview(desk.defaults().paths);
        preview.resize(1280, 800);
        preview.show();
        preview.show_plan(desk.write("plan.yaml", R"(
sluice: 1
id: two
connections:
  prom: {prometheus: {url: 'http://127.0.0.1:)" + std::to_string(there.serverPort()) +
                                                      R"('}}
  shop: {http: {url: 'http://127.0.0.1:)" + closed + R"('}}
phases:
  - {id: all, steps: [{id: look, probe: {http: /health}, on: shop, expect: {status: 200}}]}
)"));
        QVERIFY(shown(preview));
        QVERIFY(!QTest::qWaitFor([&] { return there.asked > 0; }, 300));
        auto* list = preview.findChild<screens::ConnectionList*>();
        QVERIFY(list->verdict().isEmpty());
        auto* test = action(preview, Qt::CTRL | Qt::Key_T);
        QVERIFY(test && test->isEnabled());
        QVERIFY(QTest::qWaitForWindowActive(&preview));
        QTest::keyClick(&preview, Qt::Key_T, Qt::ControlModifier);
        QVERIFY(!test->isEnabled()); // one round at a time
        QVERIFY(QTest::qWaitFor([&] { return test->isEnabled(); }, patience_ms));
        QCOMPARE(there.asked, 1);
        QCOMPARE(list->verdict(), QString("1 answers, 1 does not answer"));
        const QString text = all_text(preview);
        QVERIFY2(text.contains("answers queries") && text.contains("refused"), qPrintable(text));
        QVERIFY(text.contains(QString::fromUtf8("→"))); // the remedy
    }

    void leaving_while_connections_are_asked_waits_for_nobody() {
        const OwnDesk desk;
        QTcpServer silent;
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        QElapsedTimer spent;
        {
            PlanPreview preview(desk.defaults().paths);
            preview.show();
            preview.show_plan(desk.write("plan.yaml", R"(
sluice: 1
id: one
connections: {shop: {http: {url: 'http://127.0.0.1:)" + std::to_string(silent.serverPort()) +
                                                          R"('}}}
phases:
  - {id: all, steps: [{id: look, probe: {http: /health}, on: shop, expect: {status: 200}}]}
)"));
            QVERIFY(shown(preview));
            action(preview, Qt::CTRL | Qt::Key_T)->trigger();
            QVERIFY(QTest::qWaitFor([&] { return silent.hasPendingConnections(); }, patience_ms));
            spent.start();
        }
        QVERIFY(spent.elapsed() < 1000);
    }
};

SLUICE_TEST(PreviewTest)
#include "preview_test.moc"
