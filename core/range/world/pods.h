#pragma once
#include "range/world/objects.h"

#include <functional>
#include <map>
#include <string>

namespace sluice::range {

/// What keeps a pod from becoming ready, or takes its readiness away.
enum class PodTrouble { none, crash, image_missing };

/// Pods' lives in virtual time: pending for a second (image, volumes), running, ready after the start-up time, gone two
/// seconds after being asked to end. The start-up time is the template's annotation `sluice-range/start-up`, else 8 to
/// 14 s from the seed and the pod's name.
class Pods {
public:
    using Troubles = std::function<PodTrouble(const Json& pod)>;

    Pods(Objects& objects, Scheduler& scheduler) : objects_(objects), scheduler_(scheduler) {}
    ~Pods();
    Pods(const Pods&) = delete;
    Pods& operator=(const Pods&) = delete;

    /// Creates the next pod of an owner (a ReplicaSet or a Job) from its template.
    Key create(const Key& owner, const Json& owner_object);
    void terminate(const Key& pod);

    void set_troubles(Troubles troubles) { troubles_ = std::move(troubles); }
    /// Troubles have begun or ended.
    void recheck();

    /// Pods made meanwhile are ready at once: for a world that stands already when the rehearsal begins.
    void set_instant(bool instant) { instant_ = instant; }

    /// The pods of that owner that are not ending, by name.
    std::vector<const Json*> owned_by(const Key& owner, const Json& owner_object) const;

private:
    struct Life {
        Nanos started;
        Nanos start_up;
        bool troubled = false;
        std::vector<TimerId> timers;
    };
    void start(const Key& key, Life& life);
    void advance(const Key& key);
    void after(const Key& key, Life& life, Nanos delay, std::function<void()> action);
    void forget(const Key& key);

    Objects& objects_;
    Scheduler& scheduler_;
    Troubles troubles_;
    bool instant_ = false;
    std::map<Key, Life> lives_;
    std::map<Key, std::uint64_t> made_; ///< pods made per owner, so that no name is used twice
};

bool is_ready(const Json& pod);
bool is_ending(const Json& object);
bool is_owned_by(const Json& object, const Json& owner);
Json owner_reference(const Json& owner);
/// What stands behind the colon of the first container's image: "v1.2.4"; "latest" without one.
std::string image_tag(const Json& pod);

} // namespace sluice::range
