#include "story/wall_news.h"

#include "story/foreseen.h"

#include <QCoreApplication>

namespace sluice::story {
namespace {

struct NewsText {
    Q_DECLARE_TR_FUNCTIONS(WarRoom)
};

QString because(const std::string& why) {
    return why.empty() ? QString() : QStringLiteral(": ") + QString::fromStdString(why);
}

QString key_of(const release::GateChanged& gate) {
    return QString::fromStdString(gate.arm.empty() ? gate.gate : gate.gate + "/" + gate.arm);
}

/// What was told of it last; null = nothing.
const release::GateChanged* told_before(const release::GateChanged& gate, std::span<const Entry> before) {
    for (auto entry = before.rbegin(); entry != before.rend(); ++entry) {
        if (const auto* other = std::get_if<release::GateChanged>(&entry->event.body)) {
            if (other->step == gate.step && other->gate == gate.gate && other->arm == gate.arm) {
                return other;
            }
        }
    }
    return nullptr;
}

/// A gate that holds and is not close is news only after something else was.
QString all_well(const QString& name, const release::GateChanged* before) {
    if (!before || (before->verdict == "pass" && !before->close && before->breach_in.count == 0)) {
        return {};
    }
    return before->verdict == "pass" && !before->close ? NewsText::tr("%1 no longer goes to its limit").arg(name)
                                                       : NewsText::tr("%1 holds again").arg(name);
}

class News {
public:
    News(const release::Release& release, StepTitles& titles, std::span<const Entry> before)
        : release_(release), titles_(titles), before_(before) {}

    QString operator()(const release::SessionClosed& e) const {
        return NewsText::tr("Session closed: %1").arg(QString::fromStdString(e.outcome));
    }
    QString operator()(const release::PhaseWaiting& e) const {
        return NewsText::tr("%1 waits").arg(phase(e.phase)) + because(e.why);
    }
    QString operator()(const release::PhaseStarted& e) const { return NewsText::tr("%1 started").arg(phase(e.phase)); }
    QString operator()(const release::StepStarted& e) const {
        const auto* step = release_.plan->step(e.step);
        const bool lasts = step != nullptr && std::holds_alternative<plan::Hold>(step->body);
        return lasts ? NewsText::tr("%1 started").arg(titles_.of(e.step)) : QString();
    }
    QString operator()(const release::StepFinished& e) const {
        return titles_.of(e.step) + u' ' + QString::fromStdString(e.outcome);
    }
    QString operator()(const release::TriageOpened& e) const {
        return NewsText::tr("%1 failed").arg(titles_.of(e.step)) + because(e.why);
    }
    QString operator()(const release::InDoubt& e) const { return NewsText::tr("Outcome unknown") + because(e.why); }
    QString operator()(const release::Approved& e) const {
        return NewsText::tr("%1 approved by %2").arg(titles_.of(e.step), role_text(e.by.role));
    }
    QString operator()(const release::Refused& e) const {
        return NewsText::tr("%1 refused").arg(titles_.of(e.step)) + because(e.reason);
    }
    QString operator()(const release::Decided& e) const {
        return NewsText::tr("%1: %2").arg(titles_.of(e.step), QString::fromStdString(e.choice));
    }
    QString operator()(const release::Overridden& e) const {
        const QString of = e.gate.empty() ? titles_.of(e.subject) : gate_name(release_, e.subject, e.gate);
        return NewsText::tr("Overridden: %1").arg(of) + because(e.reason);
    }
    QString operator()(const release::Noted& e) const {
        // What the program says of its own machine is for who sits there.
        return e.by.name == release::own_name ? QString() : QString::fromStdString(e.text);
    }
    QString operator()(const release::Paused& e) const { return NewsText::tr("Paused") + because(e.reason); }
    QString operator()(const release::Continued&) const { return NewsText::tr("Continued"); }
    QString operator()(const release::Aborted& e) const { return NewsText::tr("Aborted") + because(e.reason); }
    QString operator()(const release::GateChanged& e) const {
        if (e.shadow) {
            return {}; // nothing comes of it
        }
        const QString name = gate_name(release_, e.step, key_of(e).toStdString());
        if (e.verdict == "pass" && e.breach_in.count != 0) {
            return name + u' ' + foreseen_words(e.close, e.limit, e.breach_in);
        }
        const auto* before = told_before(e, before_);
        if (e.verdict == "pass" && !e.close) {
            return all_well(name, before);
        }
        if (e.verdict == "inconclusive" && e.seen < e.wanted && before && before->verdict == e.verdict) {
            return {}; // one sample more: the card counts them
        }
        return name + u' ' + (e.verdict == "pass" ? NewsText::tr("close to its limit") : verdict_words(e.verdict));
    }
    QString operator()(const release::HoldChanged& e) const {
        return e.state == "paused" && e.gate.empty() ? NewsText::tr("%1 stands still").arg(titles_.of(e.step))
                                                     : QString();
    }
    QString operator()(const release::TriggerChanged& e) const {
        if (e.state != "pending" && e.state != "fired" && e.state != "frozen") {
            return {};
        }
        QString title = QString::fromStdString(e.trigger);
        for (const auto& trigger : release_.plan->rollback.triggers) {
            title = trigger.id == e.trigger && !trigger.title.empty() ? titles_.filled(trigger.title) : title;
        }
        return e.state == "fired"     ? NewsText::tr("Trigger fired: %1").arg(title)
               : e.state == "pending" ? NewsText::tr("Trigger pending: %1").arg(title)
                                      : NewsText::tr("Trigger frozen: %1").arg(title);
    }
    QString operator()(const release::AlertChanged& e) const {
        if (e.state == "inactive" || e.state == "frozen") {
            return {};
        }
        const QString title = alert(e.alert, e.arm);
        return e.state == "firing"    ? NewsText::tr("Alert: %1").arg(title) + because(e.why)
               : e.state == "pending" ? NewsText::tr("Alert pending: %1").arg(title)
                                      : NewsText::tr("Alert over: %1").arg(title);
    }
    QString operator()(const release::AlertTold& e) const {
        return e.delivered ? QString()
                           : (e.perhaps ? NewsText::tr("%1 was perhaps told of the alert %2")
                                        : NewsText::tr("%1 was not told of the alert %2"))
                                     .arg(QString::fromStdString(e.channel), alert(e.alert, e.arm)) +
                                 because(e.why);
    }
    QString operator()(const release::AlertAcknowledged& e) const {
        return NewsText::tr("Alert acknowledged: %1").arg(alert(e.alert, e.arm)) + because(e.reason);
    }
    QString operator()(const release::ProposalAnswered& e) const {
        return (e.answer == "declined" ? NewsText::tr("Rollback declined")
                                       : NewsText::tr("No answer to the proposed rollback")) +
               because(e.reason);
    }
    QString operator()(const release::StopAsked& e) const {
        return NewsText::tr("%1 is stopped").arg(titles_.of(e.step)) + because(e.reason);
    }
    QString operator()(const release::WayBackClosed& e) const {
        return NewsText::tr("The way back is closed") + because(e.reason);
    }
    QString operator()(const release::RollbackStarted& e) const {
        const auto* option = release_.plan->option(e.option);
        return NewsText::tr("Rolling back: %1").arg(titles_.filled(option != nullptr ? option->title : e.option));
    }
    QString operator()(const release::RollbackFinished& e) const {
        return NewsText::tr("Rollback %1").arg(QString::fromStdString(e.outcome));
    }
    QString operator()(const release::GlassBroken& e) const {
        return NewsText::tr("Gone on without approval: %1").arg(titles_.of(e.step)) + because(e.reason);
    }
    QString operator()(const release::ApprovalOverdue& e) const {
        return NewsText::tr("%1: the approval is overdue").arg(titles_.of(e.step));
    }
    QString operator()(const release::ApprovedAfterwards& e) const {
        return NewsText::tr("%1: approved afterwards").arg(titles_.of(e.step));
    }
    QString operator()(const release::ApprovalExpired& e) const {
        return NewsText::tr("%1: an approval has expired").arg(titles_.of(e.step));
    }
    QString operator()(const release::ApprovalAskedAgain& e) const {
        return NewsText::tr("%1 is to be approved again").arg(titles_.of(e.step)) + because(e.why);
    }
    QString operator()(const release::PlanAmended& e) const { return NewsText::tr("Plan amended") + because(e.reason); }
    QString operator()(const release::LeadHandedOver& e) const {
        return NewsText::tr("The lead went to %1").arg(QString::fromStdString(e.to));
    }
    QString operator()(const release::Released& e) const {
        return NewsText::tr("Released") + because(e.why); // follow-up work is left, or the way back stays open
    }
    QString operator()(const release::SeverityDeclared& e) const {
        QString title = QString::fromStdString(e.level);
        for (const auto& level : release_.plan->severity) {
            title = level.id == e.level ? QString::fromStdString(level.title) : title;
        }
        return NewsText::tr("Severity: %1").arg(title) + because(e.response.empty() ? e.reason : e.response);
    }
    QString operator()(const release::StepOverdue& e) const {
        return NewsText::tr("%1 is overdue").arg(titles_.of(e.step));
    }
    QString operator()(const release::StepExpired& e) const {
        return NewsText::tr("%1 is asked for again").arg(titles_.of(e.step)) + because(e.why);
    }
    QString operator()(const release::Escalated& e) const {
        return NewsText::tr("%1 waits for %2").arg(titles_.of(e.step), role_text(e.to));
    }
    template <typename Other>
    QString operator()(const Other&) const {
        return {};
    }

private:
    QString alert(const std::string& id, const std::string& arm) const {
        QString title = QString::fromStdString(id);
        for (const auto& one : release_.plan->alerts) {
            title = one.rule.id == id ? titles_.filled(one.rule.title) : title;
        }
        return arm.empty() ? title : title + QStringLiteral(", ") + QString::fromStdString(arm);
    }
    QString phase(const std::string& id) const {
        for (const auto& phase : release_.plan->phases) {
            if (phase.id == id) {
                return titles_.filled(phase.title);
            }
        }
        return QString::fromStdString(id);
    }

    const release::Release& release_;
    StepTitles& titles_;
    std::span<const Entry> before_;
};

} // namespace

QString gate_name(const release::Release& release, const plan::StepId& step, const std::string& key) {
    const auto slash = key.find('/');
    const std::string id = key.substr(0, slash);
    const plan::Step* of = release.plan->step(step);
    const auto* hold = of != nullptr ? std::get_if<plan::Hold>(&of->body) : nullptr;
    QString title = QString::fromStdString(id);
    for (const auto* gates : {of != nullptr ? &of->gates : nullptr, hold != nullptr ? &hold->gates : nullptr}) {
        for (std::size_t i = 0; gates != nullptr && i < gates->size(); ++i) {
            const auto& gate = (*gates)[i];
            title = gate.id == id && !gate.title.empty() ? StepTitles(release).filled(gate.title) : title;
        }
    }
    return slash == std::string::npos ? title
                                      : title + QStringLiteral(", ") + QString::fromStdString(key.substr(slash + 1));
}

QString verdict_words(const std::string& verdict) {
    return verdict == "pass"           ? NewsText::tr("holds")
           : verdict == "fail"         ? NewsText::tr("breached")
           : verdict == "source-error" ? NewsText::tr("source error")
           : verdict == "inconclusive" ? NewsText::tr("inconclusive")
                                       : NewsText::tr("no data");
}

QString wall_news(const release::Release& release, StepTitles& titles, const release::Event& event,
                  std::span<const Entry> before) {
    return std::visit(News(release, titles, before), event.body).simplified();
}

} // namespace sluice::story
