#include "screens/connection_list.h"

#include "theme/marks.h"
#include "theme/roles.h"
#include "theme/tokens.h"

#include <QGridLayout>

namespace sluice::screens {
namespace {

using Level = engine::ConnectionAnswer::Level;

QString latency(Nanos took) {
    const auto ms = took.count / 1'000'000;
    return ms < 1 ? ConnectionList::tr("in less than 1 ms") : ConnectionList::tr("in %1 ms").arg(ms);
}

} // namespace

ConnectionList::ConnectionList(QWidget* parent) : QWidget(parent) {
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
}

void ConnectionList::show_plan(const plan::Plan& plan) {
    delete body_;
    body_ = new QWidget;
    grid_ = new QGridLayout(body_);
    grid_->setContentsMargins(0, 0, 0, 0);
    grid_->setHorizontalSpacing(8);
    grid_->setVerticalSpacing(6);
    grid_->setColumnStretch(1, 1);
    rows_.clear();
    int line = 0;
    for (const auto& connection : plan.connections) {
        Row row{new QLabel, new QLabel, new QLabel, {}};
        row.name->setText(QStringLiteral("%1 · %2").arg(QString::fromStdString(connection.name),
                                                        QString::fromUtf8(engine::described(connection.kind))));
        row.name->setFont(theme::text_font(13, QFont::DemiBold));
        row.mark->setFixedWidth(16);
        row.mark->setAlignment(Qt::AlignTop | Qt::AlignHCenter);
        row.answer->setWordWrap(true);
        row.answer->setTextInteractionFlags(Qt::TextSelectableByMouse);
        grid_->addWidget(row.mark, line, 0);
        grid_->addWidget(row.name, line++, 1);
        grid_->addWidget(row.answer, line++, 1);
        row.answer->hide();
        say(row, theme::glyph(theme::Mark::to_come), "dim", {}, {});
        rows_.emplace(connection.name, row);
    }
    layout()->addWidget(body_);
}

void ConnectionList::say(Row& row, const QString& mark, const char* role, const QString& answer, const QString& tip) {
    row.mark->setText(mark);
    row.answer->setText(answer);
    row.answer->setVisible(!answer.isEmpty());
    row.mark->setAccessibleName(tr("%1: %2").arg(row.name->text(), answer.isEmpty() ? tr("not tested") : answer));
    row.answer->setToolTip(tip);
    theme::set_role(row.mark, role);
    theme::set_role(row.answer, qstrcmp(role, "breach") == 0 ? "breach" : "dim");
}

void ConnectionList::begin() {
    for (auto& [name, row] : rows_) {
        row.level.reset();
        say(row, theme::glyph(theme::Mark::running), "dim", tr("is being asked …"), {});
    }
}

void ConnectionList::forget() {
    for (auto& [name, row] : rows_) {
        row.level.reset();
        say(row, theme::glyph(theme::Mark::to_come), "dim", {}, {});
    }
}

void ConnectionList::show_answer(const engine::ConnectionAnswer& answer) {
    const auto found = rows_.find(answer.name);
    if (found == rows_.end()) {
        return;
    }
    Row& row = found->second;
    row.level = answer.level;
    const QString address = QString::fromStdString(answer.address);
    if (answer.level == Level::good) {
        say(row, theme::glyph(theme::Mark::holds), "good",
            QString::fromStdString(answer.found) + QStringLiteral(", ") + latency(answer.took), address);
        return;
    }
    const auto& error = *answer.error;
    if (answer.level == Level::later) {
        say(row, theme::glyph(theme::Mark::to_come), "dim",
            tr("Not there yet (%1). First asked by “%2”, after steps that can make it.")
                .arg(QString::fromStdString(error.what), QString::fromStdString(answer.first_use)),
            address);
        return;
    }
    QString words = QString::fromStdString(error.where.empty() ? error.what : error.where + ": " + error.what);
    if (!error.remedy.empty()) {
        words += QStringLiteral("\n→ ") + QString::fromStdString(error.remedy);
    }
    say(row, theme::glyph(theme::Mark::breached), "breach", words,
        QString::fromStdString(error.where.empty() ? answer.address : error.where));
}

QString ConnectionList::verdict() const {
    int good = 0, later = 0, trouble = 0;
    for (const auto& [name, row] : rows_) {
        good += row.level == Level::good;
        later += row.level == Level::later;
        trouble += row.level == Level::trouble;
    }
    QStringList parts;
    if (good != 0) {
        parts << (good == 1 ? tr("1 answers") : tr("%1 answer").arg(good));
    }
    if (later != 0) {
        parts << tr("%1 not there yet").arg(later);
    }
    if (trouble != 0) {
        parts << (trouble == 1 ? tr("1 does not answer") : tr("%1 do not answer").arg(trouble));
    }
    return parts.join(QStringLiteral(", "));
}

} // namespace sluice::screens
