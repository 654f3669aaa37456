#pragma once
#include "base/json.h"
#include "base/scheduler.h"
#include "range/world/kinds.h"
#include "range/world/ownership.h"

#include <functional>
#include <map>
#include <vector>

namespace sluice::range {

/// The cluster's objects, with what an API server keeps about them: uid, creationTimestamp, generation,
/// resourceVersion, managedFields. No controller and no HTTP here.
///
/// uids and versions are functions of the seed, the object's key and the number of writes to that object, so that they
/// don't depend on the order in which unrelated requests arrive. resourceVersions are opaque to clients anyway; that of
/// a list is the number of all writes so far.
class Objects {
public:
    using Listener = std::function<void(const Key&, const Json* before, const Json* after)>;

    Objects(std::uint64_t seed, const Scheduler& clock) : seed_(seed), clock_(clock) {}

    const Json* find(const Key& key) const;
    /// In order of namespace and name; an empty `space` means all.
    std::vector<const Json*> list(const Kind& kind, const std::string& space = {}) const;

    /// Creates or replaces. The server's own metadata in `object` is ignored. A write that changes nothing is none: the
    /// version stays. `applied` only for server-side apply. Returns what is stored now.
    Json write(const Key& key, Json object, const Author& author, const Fields& applied = {});
    /// What `write` would store, without storing it.
    Json preview(const Key& key, Json object, const Author& author, const Fields& applied = {}) const;
    /// Changes the status (or metadata that controllers keep) without a new generation.
    void write_status(const Key& key, Json object);
    bool erase(const Key& key);

    /// Called after every change, in order of registration.
    void on_change(Listener listener) { listeners_.push_back(std::move(listener)); }

    std::string list_version() const { return std::to_string(writes_); }
    std::uint64_t seed() const { return seed_; }
    Nanos now() const { return clock_.now(); }
    /// Creation times of objects made from now on lie this far back (for a world that has been standing for days).
    void set_age(Nanos age) { age_ = age; }

private:
    struct Count {
        std::uint64_t versions = 0;
        std::uint64_t lives = 0; ///< how often it has been created
    };
    void store(const Key& key, Json object);

    std::uint64_t seed_;
    const Scheduler& clock_;
    Nanos age_;
    std::uint64_t writes_ = 1;
    std::map<Key, Json> objects_;
    std::map<Key, Count> counts_;
    std::vector<Listener> listeners_;
};

Key key_of(const Kind& kind, const Json& object);

/// True if every key of `selector` has that value in `labels`.
bool labels_match(const Json& labels, const Json& selector);

} // namespace sluice::range
