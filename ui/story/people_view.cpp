#include "story/people_view.h"

#include "release/decide.h"
#include "release/demand.h"
#include "story/format.h"
#include "story/step_titles.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <map>

namespace sluice::story {
namespace {

struct PeopleText {
    Q_DECLARE_TR_FUNCTIONS(PeopleText)
};

QString text(const std::string& from) {
    return QString::fromStdString(from);
}

QString roles_text(const std::vector<std::string>& roles) {
    QStringList all;
    for (const auto& role : roles) {
        all << role_text(role);
    }
    return all.join(QStringLiteral(", "));
}

/// What the log tells of when.
struct Times {
    Nanos lead_since;
    const release::LeadHandedOver* handed_over = nullptr; ///< the last
    std::map<std::string, Nanos> joined;
};

Times times_of(const Moment& moment) {
    Times times;
    for (const auto& entry : moment.entries) {
        const auto& body = entry.event.body;
        if (std::holds_alternative<release::SessionOpened>(body)) {
            times.lead_since = entry.event.time;
        } else if (const auto* over = std::get_if<release::LeadHandedOver>(&body)) {
            times.lead_since = entry.event.time;
            times.handed_over = over;
        } else if (const auto* joined = std::get_if<release::BridgeJoined>(&body)) {
            times.joined.try_emplace(joined->person, entry.event.time); // another role is no other coming
        } else if (const auto* left = std::get_if<release::BridgeLeft>(&body)) {
            times.joined.erase(left->person);
        }
    }
    return times;
}

/// As the rules would have it.
QString why_not(const Moment& moment, const release::Command& command, const std::optional<release::Actor>& viewer) {
    if (!viewer) {
        return PeopleText::tr("There is no way to act from here");
    }
    const auto decided =
        release::decide(moment.release, command, moment.now, release::in_role(moment.release, *viewer, ""));
    return decided ? QString() : text(decided.error().what);
}

QString ground_text(const release::Release& release) {
    if (release.policy) {
        return PeopleText::tr("%1 says who holds which role, and who may lead.").arg(text(release.bound.file));
    }
    return release.bridge.empty()
               ? PeopleText::tr("Nobody has been named yet: everybody's word is taken. Once somebody is, only who is "
                                "here can act, each in the roles that the lead has given.")
               : PeopleText::tr("The lead has said who is here: only they can act, each in these roles.");
}

std::vector<std::string> all_roles(const release::Release& release) {
    std::vector<std::string> roles = release.plan->roles;
    const auto add = [&](const std::vector<std::string>& more) {
        for (const auto& role : more) {
            if (std::find(roles.begin(), roles.end(), role) == roles.end()) {
                roles.push_back(role);
            }
        }
    };
    if (release.policy) {
        for (const auto& person : release.policy->people) {
            add(person.roles);
        }
    }
    for (const auto& [name, held] : release.bridge) {
        add(held);
    }
    return roles;
}

} // namespace

std::vector<release::Actor> holders(const release::Release& release, const std::vector<std::string>& roles) {
    std::vector<release::Actor> found;
    const auto add = [&](const std::string& name, const std::vector<std::string>& held) {
        for (const auto& role : roles) {
            if (std::find(held.begin(), held.end(), role) != held.end()) {
                found.push_back({name, role});
            }
        }
    };
    if (release.policy) {
        for (const auto& person : release.policy->people) {
            add(person.name, person.roles);
        }
    } else {
        for (const auto& [name, held] : release.bridge) {
            add(name, held);
        }
    }
    return found;
}

PeopleView present_people(const Moment& moment, const std::optional<release::Actor>& viewer) {
    PeopleView view;
    const auto& release = moment.release;
    if (!release.plan) {
        return view;
    }
    const Times times = times_of(moment);
    view.lead = PeopleText::tr("%1 leads since %2").arg(text(release.lead), utc_moment(times.lead_since, moment.now));
    if (const auto* over = times.handed_over) {
        view.handed_over = over->reason.empty()
                               ? PeopleText::tr("handed over by %1").arg(text(over->by.name))
                               : PeopleText::tr("handed over by %1: %2").arg(text(over->by.name), text(over->reason));
    }
    view.ground = ground_text(release);
    view.roles = all_roles(release);
    if (viewer) {
        const QString role = role_text(release::in_role(release, *viewer, "").role);
        view.desk = role.isEmpty() ? text(viewer->name) : PeopleText::tr("%1, %2").arg(text(viewer->name), role);
    }
    const auto add = [&](const std::string& name, const std::vector<std::string>& roles) {
        const auto known = [&](const PersonLine& one) { return one.name == name; };
        if (std::any_of(view.persons.begin(), view.persons.end(), known)) {
            return;
        }
        PersonLine line;
        line.name = name;
        line.roles = roles;
        line.said = roles_text(roles);
        line.leads = name == release.lead;
        line.here = release.bridge.contains(name);
        line.mark = line.leads ? Mark::running : line.here ? Mark::holds : Mark::to_come;
        const auto joined = times.joined.find(name);
        line.since = line.leads ? PeopleText::tr("leads since %1").arg(utc_moment(times.lead_since, moment.now))
                     : line.here && joined != times.joined.end()
                         ? PeopleText::tr("here since %1").arg(utc_moment(joined->second, moment.now))
                     : line.here ? PeopleText::tr("here")
                                 : PeopleText::tr("not here");
        line.why_not_lead = line.leads ? PeopleText::tr("%1 leads already").arg(text(name))
                                       : why_not(moment, release::HandOver{name, ""}, viewer);
        line.why_not_leave = line.leads  ? PeopleText::tr("%1 leads: hand over the lead first").arg(text(name))
                             : line.here ? why_not(moment, release::Leave{name}, viewer)
                                         : PeopleText::tr("%1 is not here").arg(text(name));
        view.persons.push_back(std::move(line));
    };
    const auto roles_of = [&](const std::string& name) -> std::vector<std::string> {
        if (const auto here = release.bridge.find(name); here != release.bridge.end()) {
            return here->second;
        }
        const auto* person = release.policy ? release.policy->person(name) : nullptr;
        return person ? person->roles
               : name == release.opened.by.name && !release.opened.by.role.empty()
                   ? std::vector<std::string>{release.opened.by.role}
                   : std::vector<std::string>{};
    };
    add(release.lead, roles_of(release.lead));
    for (const auto& [name, roles] : release.bridge) {
        add(name, roles);
    }
    if (release.policy) {
        for (const auto& person : release.policy->people) {
            add(person.name, person.roles);
        }
    }
    // Asked for somebody who may be here as he is: what is refused then is refused for anybody.
    const auto with_roles = std::find_if(view.persons.begin(), view.persons.end(),
                                         [](const PersonLine& one) { return !one.roles.empty(); });
    const bool found = with_roles != view.persons.end();
    view.why_not_join = why_not(
        moment, found ? release::Join{with_roles->name, with_roles->roles} : release::Join{release.lead, view.roles},
        viewer);
    return view;
}

} // namespace sluice::story
