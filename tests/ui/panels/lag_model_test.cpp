#include "panels/lag_model.h"
#include "support/suite.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest>

using namespace sluice;
using panels::LagModel;
using story::LagLine;

namespace {

LagLine line(const QString& name, std::vector<LagLine> parts = {}) {
    LagLine one;
    one.name = name;
    one.state = "ok";
    one.mark = story::Mark::holds;
    one.parts = std::move(parts);
    return one;
}

std::vector<LagLine> two_groups() {
    return {line("bills", {line("in", {line("0"), line("1")})}),
            line("orders", {line("in", {line("0")}), line("out", {line("0")})})};
}

} // namespace

class LagModelTest : public QObject {
    Q_OBJECT
private slots:
    void it_is_a_sound_model_while_lines_change_come_and_go() {
        LagModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QVERIFY(model.show(two_groups()));
        auto fewer = two_groups();
        fewer.front().parts.clear();
        QVERIFY(model.show(fewer));
        QVERIFY(model.show(two_groups()));
        QVERIFY(model.show({}));
        QCOMPARE(model.rowCount(), 0);
    }

    void only_the_line_that_changed_is_told_and_places_stay() {
        LagModel model;
        model.show(two_groups());
        const QPersistentModelIndex kept = model.find({"bills", "in", "1"});
        QVERIFY(kept.isValid());
        QSignalSpy changed(&model, &LagModel::dataChanged);
        QSignalSpy reset(&model, &LagModel::modelReset);
        auto next = two_groups();
        next[0].parts[0].parts[1].lag = "1,612";
        QVERIFY(!model.show(next));
        QCOMPARE(reset.size(), 0);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(model.path(changed.front().front().toModelIndex()), (QStringList{"bills", "in", "1"}));
        QCOMPARE(kept.sibling(kept.row(), LagModel::lag).data().toString(), "1,612");
        QVERIFY(!model.show(next));
        QCOMPARE(changed.size(), 1);
    }

    void a_path_leads_back_to_its_line_or_nowhere() {
        LagModel model;
        model.show(two_groups());
        const QStringList path{"orders", "out", "0"};
        QCOMPARE(model.path(model.find(path)), path);
        QCOMPARE(model.find(path).data().toString(), "✓ 0");
        QVERIFY(!model.find({"orders", "out", "1"}).isValid());
        QVERIFY(!model.find({}).isValid());
        QVERIFY(model.line({}) == nullptr);
    }

    void a_row_is_read_out_with_what_its_figures_are() {
        LagModel model;
        auto groups = two_groups();
        groups[0].lag = "12";
        groups[0].drain = "grows";
        model.show(groups);
        QCOMPARE(model.index(0, 0).data(Qt::AccessibleTextRole).toString(), "✓ bills, ok, Lag 12, Drained in grows");
    }
};

SLUICE_TEST(LagModelTest)
#include "lag_model_test.moc"
