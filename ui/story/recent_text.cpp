#include "story/recent_text.h"

#include "story/format.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFileInfo>

namespace sluice::story {
namespace {

struct StartText {
    Q_DECLARE_TR_FUNCTIONS(StartText)
};

using State = RecentSession::State;

/// In the time of the desk: one remembers "this afternoon", not UTC.
QString day_and_time(Nanos at) {
    return QDateTime::fromMSecsSinceEpoch(at.count / 1'000'000).toString(QStringLiteral("yyyy-MM-dd HH:mm"));
}

QString outcome_words(const RecentSession& session) {
    switch (session.state) {
    case State::at_work:
        return StartText::tr("at work");
    case State::left_open:
        return session.rehearsal ? StartText::tr("broken off") : StartText::tr("not closed: can be resumed");
    case State::unreadable:
        return StartText::tr("can't be read");
    case State::missing:
        return StartText::tr("missing");
    case State::closed:
        break;
    }
    return session.outcome == "done"                  ? StartText::tr("done")
           : session.outcome == "rolled-back"         ? StartText::tr("rolled back")
           : session.outcome == "rollback-incomplete" ? StartText::tr("rolled back, incomplete")
                                                      : StartText::tr("aborted");
}

Mark outcome_mark(const RecentSession& session) {
    switch (session.state) {
    case State::at_work:
        return Mark::running;
    case State::left_open:
        return Mark::paused;
    case State::unreadable:
        return Mark::source_error;
    case State::missing:
        return Mark::no_data;
    case State::closed:
        break;
    }
    return session.outcome == "done" ? Mark::holds : session.outcome == "rolled-back" ? Mark::close : Mark::breached;
}

} // namespace

QString RecentText::spoken() const {
    QStringList parts{title, right, below};
    parts.removeAll(QString());
    return parts.join(QStringLiteral(", "));
}

RecentText present(const RecentPlan& plan) {
    const QFileInfo file(QString::fromStdString(plan.file));
    RecentText text;
    text.title = plan.title.empty() ? file.fileName() : QString::fromStdString(plan.title);
    if (plan.missing) {
        text.mark = Mark::no_data;
        text.right = StartText::tr("missing");
        text.below = file.filePath();
    } else if (!plan.trouble.empty()) {
        text.mark = Mark::breached;
        text.right = StartText::tr("has errors");
        text.below = QString::fromStdString(plan.trouble);
    } else {
        text.right = plan.length.count > 0
                         ? StartText::tr("%1 steps · %2 or more").arg(plan.steps).arg(spell(plan.length))
                         : StartText::tr("%1 steps").arg(plan.steps);
        text.below = file.filePath();
    }
    return text;
}

RecentText present(const RecentSession& session) {
    const QFileInfo file(QString::fromStdString(session.file));
    RecentText text;
    text.title = session.title.empty() ? file.fileName() : QString::fromStdString(session.title);
    text.mark = outcome_mark(session);
    text.right = outcome_words(session);
    if (session.state == State::missing) {
        text.below = file.filePath();
        return text;
    }
    if (session.state == State::unreadable) {
        text.below = QString::fromStdString(session.trouble);
        return text;
    }
    const QString kind = session.rehearsal ? StartText::tr("rehearsal") : StartText::tr("run");
    text.below = StartText::tr("%1 · %2 · took %3 · %4")
                     .arg(kind, day_and_time(session.rehearsal ? session.written : session.begun),
                          spell(session.length), file.fileName());
    return text;
}

} // namespace sluice::story
