#include "story/plan_names.h"

#include "story/wall_news.h"

#include <QCoreApplication>

#include <algorithm>

namespace sluice::story {
namespace {

struct NameText {
    Q_DECLARE_TR_FUNCTIONS(PlanNames)
};

std::string quoted(const QString& title) {
    return NameText::tr("“%1”").arg(title).toStdString();
}

/// Its title where it has one, else the id as it is.
template <typename List>
std::string titled(const List& list, const std::string& id, StepTitles& titles) {
    const auto found = std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.id == id; });
    return found == list.end() || found->title.empty() ? id : quoted(titles.filled(found->title));
}

} // namespace

std::string PlanNames::step(const plan::StepId& id) const {
    if (release_.hand_shift(id) != nullptr) {
        return quoted(NameText::tr("Shift by hand"));
    }
    return release_.plan && release_.plan->step(id) != nullptr ? quoted(titles_.of(id)) : phase(id);
}

std::string PlanNames::phase(const std::string& id) const {
    return release_.plan ? titled(release_.plan->phases, id, titles_) : id;
}

std::string PlanNames::operation(const std::string& id) const {
    const auto first = id.find('/');
    const auto last = id.rfind('/');
    if (first == std::string::npos || first == last) {
        return id;
    }
    const std::string attempt = id.substr(last + 1);
    return step(id.substr(first + 1, last - first - 1)) +
           (attempt == "1" ? "" : NameText::tr(", attempt %1").arg(QString::fromStdString(attempt)).toStdString());
}

std::string PlanNames::gate(const plan::StepId& step, const std::string& id) const {
    const std::string name = release_.plan ? gate_name(release_, step, id).toStdString() : id;
    return name == id ? id : quoted(QString::fromStdString(name));
}

std::string PlanNames::trigger(const std::string& id) const {
    return release_.plan ? titled(release_.plan->rollback.triggers, id, titles_) : id;
}

std::string PlanNames::option(const std::string& id) const {
    return release_.plan ? titled(release_.plan->rollback.options, id, titles_) : id;
}

std::string PlanNames::role(const std::string& id) const {
    return role_text(id).toStdString();
}

std::string PlanNames::key(const std::string& fingerprint) const {
    constexpr std::size_t shown = 15; // "SHA256:" and eight letters
    return fingerprint.size() <= shown ? fingerprint : fingerprint.substr(0, shown) + "…";
}

} // namespace sluice::story
