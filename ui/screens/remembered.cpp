#include "screens/remembered.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>
#include <QSettings>
#include <QVariantMap>

namespace sluice::screens {
namespace {

constexpr int most = 12;
const QString plans = QStringLiteral("recent-plans"), sessions = QStringLiteral("recent-sessions"),
              open_session = QStringLiteral("open-session"), open_rehearsal = QStringLiteral("open-session-rehearsal");

/// Without looking at the disk: this is the GUI thread.
QString whole(const QString& file) {
    return QDir::cleanPath(QFileInfo(file).absoluteFilePath());
}

void put_first(const QString& key, const QString& file) {
    QSettings settings;
    QStringList files = settings.value(key).toStringList();
    files.removeAll(whole(file));
    files.prepend(whole(file));
    settings.setValue(key, files.mid(0, most));
}

void take_out(const QString& key, const QString& file) {
    QSettings settings;
    QStringList files = settings.value(key).toStringList();
    files.removeAll(file);
    settings.setValue(key, files);
}

QString key_of(const char* what, const QString& plan) {
    const auto hash = QCryptographicHash::hash(whole(plan).toUtf8(), QCryptographicHash::Sha256);
    return QString::fromLatin1(what) + QString::fromLatin1(hash.toHex().left(24));
}

QString charts_key(ChosenOn where, const QString& plan_id) {
    return (where == ChosenOn::wall ? QStringLiteral("wall-charts/") : QStringLiteral("charts/")) + plan_id;
}
QString values_key(const QString& plan) {
    return key_of("plan-values/", plan);
}
QString variant_key(const QString& plan) {
    return key_of("plan-variant/", plan);
}

} // namespace

QStringList remembered_plans() {
    return QSettings().value(plans).toStringList();
}
QStringList remembered_sessions() {
    return QSettings().value(sessions).toStringList();
}
void remember_plan(const QString& file) {
    put_first(plans, file);
}
void remember_session(const QString& file) {
    put_first(sessions, file);
}
void forget_plan(const QString& file) {
    take_out(plans, file);
    QSettings().remove(values_key(file));
    QSettings().remove(variant_key(file));
}
void forget_session(const QString& file) {
    take_out(sessions, file);
}

QString remembered_variant(const QString& plan) {
    return QSettings().value(variant_key(plan)).toString();
}
void remember_variant(const QString& plan, const QString& variant) {
    QSettings().setValue(variant_key(plan), variant);
}

plan::Scope remembered_values(const QString& plan) {
    plan::Scope values;
    const QVariantMap kept = QSettings().value(values_key(plan)).toMap();
    for (auto one = kept.begin(); one != kept.end(); ++one) {
        values[one.key().toStdString()] = one.value().toString().toStdString();
    }
    return values;
}

void remember_values(const QString& plan, const plan::Scope& values) {
    QVariantMap kept;
    for (const auto& [name, value] : values) {
        kept[QString::fromStdString(name)] = QString::fromStdString(value);
    }
    QSettings().setValue(values_key(plan), kept);
}

QStringList remembered_charts(ChosenOn where, const QString& plan_id) {
    return QSettings().value(charts_key(where, plan_id)).toStringList();
}
void remember_charts(ChosenOn where, const QString& plan_id, const QStringList& chosen) {
    QSettings().setValue(charts_key(where, plan_id), chosen);
}

OpenSession open_session_before() {
    const QSettings settings;
    return {settings.value(open_session).toString(), settings.value(open_rehearsal).toBool()};
}

void remember_open_session(const OpenSession& session) {
    QSettings settings;
    settings.setValue(open_session, session.file);
    settings.setValue(open_rehearsal, session.rehearsal);
    settings.sync(); // a killed program writes nothing later
}

void forget_open_session() {
    QSettings settings;
    settings.remove(open_session);
    settings.remove(open_rehearsal);
}

} // namespace sluice::screens
