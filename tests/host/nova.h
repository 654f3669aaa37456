#pragma once
/// Nova's go-live rehearsed in process, for tests: the plan as it ships, or the same plan with its long waits cut.
#include "host/rehearsal.h"
#include "session/records.h"

#include <QTemporaryDir>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sluice::host {

struct Wish {
    bool shortened = true; ///< holds of 2 minutes, blue retired 10 minutes after the switch
    double speed = 0;
    std::uint64_t seed = 1;
    std::vector<std::string> faults;
    bool ramp = true;
};

class Nova {
public:
    explicit Nova(const Wish& wish);
    ~Nova();

    /// Until the session has closed, a person must decide (triage, doubt), or `done` holds. False when none of them
    /// comes within ten minutes of real time: sanitizers are slow.
    bool run(const std::function<bool()>& done = {});

    /// Does `what` once, as soon as that event of that step is in the log: "step-started bake-25".
    void when(const std::string& type, const std::string& step, std::function<void()> what);
    void roll_back(const std::string& option);

    Rehearsal& host() { return *host_; }
    const release::Release& release() const { return host_->engine().release(); }
    Nanos now() const { return host_->scheduler().now(); }

    /// "done", "rolled-back", "aborted"; or "failed STEP: why", "in doubt STEP: why"; or "going on".
    QString ending() const;

    /// As the file holds them; the session must have closed, or is read beside its owner.
    std::vector<session::EventRecord> records() const;
    std::vector<release::Event> events() const;
    template <typename Kind>
    std::vector<std::pair<Nanos, Kind>> all() const {
        std::vector<std::pair<Nanos, Kind>> found;
        for (const auto& event : events()) {
            if (const auto* body = std::get_if<Kind>(&event.body)) {
                found.emplace_back(event.time, *body);
            }
        }
        return found;
    }

    /// What a rollback must bring back: Ingresses (annotations and spec), and blue's replicas.
    Json traffic() const;
    /// Names of deployments and services with what they lead to.
    Json installed() const;
    const Json& traffic_before() const { return traffic_before_; }
    const Json& installed_before() const { return installed_before_; }

private:
    QTemporaryDir folder_;
    std::unique_ptr<Rehearsal> host_;
    bool closed_ = false;
    Json traffic_before_, installed_before_;
};

/// "type subject" of an event, for stories.
std::string headline(const release::Event& event);

} // namespace sluice::host
