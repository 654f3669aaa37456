#include "range/world/jobs.h"

#include "range/time_text.h"
#include "range/world/conditions.h"

namespace sluice::range {
namespace {

Json annotations(const Json& job) {
    return job.value("/spec/template/metadata/annotations"_json_pointer, Json::object());
}

} // namespace

Jobs::~Jobs() {
    for (const auto& [key, timer] : running_) {
        scheduler_.cancel(timer);
    }
}

void Jobs::created(const Key& key) {
    const Json job = *objects_.find(key);
    Json started = job;
    started["status"] = {{"active", 1}, {"startTime", rfc3339(scheduler_.now())}};
    objects_.write_status(key, std::move(started));
    const Key pod = pods_.create(key, job);
    Nanos takes = seconds(10);
    parse_length(annotations(job).value("sluice-range/takes", ""), takes);
    const std::string uid = job["metadata"]["uid"];
    running_[key] = scheduler_.after(takes, [this, key, uid, pod] { finish(key, uid, pod); });
}

void Jobs::removed(const Key& key, const Json& before) {
    if (const auto timer = running_.extract(key); !timer.empty()) {
        scheduler_.cancel(timer.mapped());
    }
    for (const Json* pod : pods_.owned_by(key, before)) {
        pods_.terminate(key_of(kind_named("Pod"), *pod));
    }
}

void Jobs::finish(const Key& key, const std::string& uid, const Key& pod_key) {
    running_.erase(key);
    const Json* found = objects_.find(key);
    if (!found || (*found)["metadata"]["uid"] != uid) {
        return;
    }
    const std::string time = rfc3339(scheduler_.now());
    const bool failed = annotations(*found).value("sluice-range/exit", "0") != "0";
    Json job = *found;
    job["status"].erase("active");
    job["status"][failed ? "failed" : "succeeded"] = 1;
    if (failed) {
        set_condition(job, "Failed", true, "BackoffLimitExceeded", "Job has reached the specified backoff limit", time);
    } else {
        job["status"]["completionTime"] = time;
        set_condition(job, "Complete", true, "CompletionsReached", "Reached expected number of succeeded pods", time);
    }
    objects_.write_status(key, std::move(job));
    if (const Json* pod = objects_.find(pod_key)) {
        Json ended = *pod;
        ended["status"]["phase"] = failed ? "Failed" : "Succeeded";
        set_condition(ended, "Ready", false, "PodCompleted", "", time);
        objects_.write_status(pod_key, std::move(ended));
    }
}

} // namespace sluice::range
