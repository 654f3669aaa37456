#include "report/traffic_by_hand.h"

#include "base/json.h"
#include "report/curl.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::report {
namespace {

using Words = std::vector<std::string>;

constexpr const char* canary_key = "nginx.ingress.kubernetes.io/canary";

std::string name_of(const std::string& object) {
    return object.substr(object.find('/') + 1);
}
std::string name_space_of(const std::string& object) {
    return object.substr(0, object.find('/'));
}

class Shifting {
public:
    Shifting(const plan::Plan& plan, const plan::Traffic& traffic, const Kubectl& kubectl)
        : plan_(plan), traffic_(traffic), kubectl_(kubectl), primary_(setting(traffic.settings, "primary")),
          canary_(setting(traffic.settings, "canary")) {}

    ByHand take() && { return std::move(out_); }

    std::string arm(const char* side) const {
        const auto found = traffic_.arms.find(side);
        return found == traffic_.arms.end() ? std::string() : found->second;
    }

    /// Read, altered, put back: the version that was read goes along, so somebody else's change is not overwritten.
    void lead_to(const std::string& arm) {
        std::string edits;
        for (const auto& [side, other] : traffic_.arms) {
            if (const std::string from = service(other), to = service(arm); from != to && !to.empty()) {
                edits += fmt::format("s/\"name\": \"{}\"/\"name\": \"{}\"/;", from, to);
            }
        }
        // The line after "service" only: the Ingress itself, or a port, may be called as a service is.
        edits = "/\"service\": {/{n;" + edits + "}";
        out_.commands.push_back(fmt::format("{} | sed {} | {}",
                                            line(primary_, {"get", "ingress/" + name_of(primary_), "-o", "json"}),
                                            shell_word(edits), line(primary_, {"replace", "-f", "-"})));
    }

    void weigh(int weight) {
        out_.commands.push_back(line(canary_, {"annotate", "--overwrite", "ingress/" + name_of(canary_),
                                               fmt::format("{}-weight={}", canary_key, weight)}));
        if (weight == 0) {
            out_.remarks.push_back(
                fmt::format("that there is no ingress {} is as good as its weight 0", name_of(canary_)));
        } else {
            out_.remarks.push_back(
                fmt::format("where there is no ingress {}, make it first: {}", name_of(canary_), making()));
        }
    }

private:
    std::string service(const std::string& arm) const {
        const auto* found = plan_.arm(arm);
        return found ? name_of(found->service) : std::string();
    }

    static std::string quoted(const Words& words) {
        Words out;
        std::transform(words.begin(), words.end(), std::back_inserter(out), shell_word);
        return fmt::format("{}", fmt::join(out, " "));
    }
    std::string line(const std::string& object, const Words& more) const {
        Words words = kubectl_(traffic_.on, name_space_of(object));
        words.insert(words.end(), more.begin(), more.end());
        return quoted(words);
    }

    /// A canary from what the primary is, with weight 0 from its beginning; the driver's own has of it only the class
    /// and the paths that lead to an arm.
    std::string making() const {
        const std::string edits =
            fmt::format("/^  resourceVersion:/d;/^  uid:/d;s/^  name: {}$/  name: {}/;"
                        "/service:$/,/name:/s/name: {}$/name: {}/",
                        name_of(primary_), name_of(canary_), service(arm("primary")), service(arm("canary")));
        const std::string key = canary_key;
        return fmt::format(
            "{} | sed {} | {} | {}", line(primary_, {"get", "ingress/" + name_of(primary_), "-o", "yaml"}),
            shell_word(edits),
            quoted({"kubectl", "annotate", "--local", "-f", "-", "-o", "yaml", key + "=true", key + "-weight=0"}),
            line(canary_, {"create", "-f", "-"}));
    }

    const plan::Plan& plan_;
    const plan::Traffic& traffic_;
    const Kubectl& kubectl_;
    std::string primary_, canary_; ///< namespace/ingress
    ByHand out_;
};

} // namespace

ByHand traffic_by_hand(const plan::Plan& plan, const plan::Shift& shift, const Kubectl& kubectl) {
    const auto* traffic = plan.traffic_named(shift.traffic);
    if (!traffic) {
        return {};
    }
    Shifting by_hand(plan, *traffic, kubectl);
    const auto weight = [&](const std::string& arm) {
        const auto found = shift.weights.find(arm);
        return found == shift.weights.end() ? 0 : found->second;
    };
    if (traffic->driver == "ingress-backend") {
        for (const auto& [side, arm] : traffic->arms) {
            if (weight(arm) == 100) {
                by_hand.lead_to(arm);
            }
        }
    } else if (traffic->driver == "nginx-canary") {
        const std::string primary = by_hand.arm("primary"), canary = by_hand.arm("canary");
        const int share = weight(canary);
        if (share == 0 || (share == 100 && shift.final_)) {
            by_hand.lead_to(share == 0 ? primary : canary);
            by_hand.weigh(0);
        } else { // the other way round, all of it would go to the primary's arm meanwhile
            by_hand.weigh(share);
            by_hand.lead_to(primary);
        }
    }
    return std::move(by_hand).take();
}

} // namespace sluice::report
