#include "story/own_alerts.h"

#include "story/step_titles.h"

#include <QCoreApplication>

namespace sluice::story {

QString OwnAlert::title(const release::Release& release) const {
    const auto& rule = planned->rule;
    const QString own = StepTitles(release).filled(rule.title.empty() ? rule.id : rule.title);
    return arm.empty() ? own
                       : QCoreApplication::translate("OwnAlert", "%1 on %2").arg(own, QString::fromStdString(arm));
}

std::vector<OwnAlert> own_alerts(const release::Release& release) {
    std::vector<OwnAlert> all;
    if (!release.plan) {
        return all;
    }
    for (const auto& alert : release.plan->alerts) {
        const std::string& id = alert.rule.id;
        for (const auto& [key, state] : release.alerts) {
            if (release::key_names(key, id)) {
                all.push_back({&alert, key, key.size() > id.size() ? key.substr(id.size() + 1) : "", &state});
            }
        }
    }
    return all;
}

} // namespace sluice::story
