#include "story/step_titles.h"

#include <QStringList>

namespace sluice::story {

QString StepTitles::of(const plan::Step& step) {
    const std::string& told = release_.at(step.id).title;
    return filled(told.empty() ? step.title : told); // before it starts the state has it unfilled
}

QString StepTitles::of(const plan::StepId& step) {
    const plan::Step* planned = release_.plan ? release_.plan->step(step) : nullptr;
    return planned != nullptr ? of(*planned) : QString::fromStdString(step);
}

QString StepTitles::filled(const std::string& text) {
    if (text.find("${") == std::string::npos) {
        return QString::fromStdString(text);
    }
    if (!scope_) {
        scope_ = release::scope(release_);
    }
    const auto result = plan::fill(text, *scope_);
    return QString::fromStdString(result ? *result : text);
}

QString role_text(const std::string& role) {
    const QString text = QString::fromStdString(role).replace(u'-', u' ');
    return text.size() <= 3 ? text.toUpper() : text;
}

bool by_hand(const plan::StepBody& body) {
    return plan::is_persons(body);
}

QString who_of(const plan::Step& step, const std::vector<std::string>& approvers) {
    if (!std::holds_alternative<plan::Approve>(step.body)) {
        return role_text(step.owner);
    }
    QStringList roles;
    for (const auto& role : approvers) {
        roles << role_text(role);
    }
    return roles.join(QStringLiteral(", "));
}

} // namespace sluice::story
