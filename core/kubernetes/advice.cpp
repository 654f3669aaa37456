#include "kubernetes/advice.h"

namespace sluice::kubernetes {
namespace {

struct Advice {
    std::string_view cause;
    const char* words;
};

// After "Troubleshooting Common Deployment Issues" of the deployment runbook (001); what that has no word for
// is said by the cluster's own documentation.
constexpr const char* image = "is the image in the registry, and is the pull secret right? the pod's events tell more";
constexpr const char* crash = "read the pod's log from its start: variables missing, a database not reached, "
                              "configuration, out of memory";
constexpr const char* settings_there = "does each ConfigMap and Secret that the pod names exist, with its keys?";
constexpr Advice advices[] = {
    {"ImagePullBackOff", image},
    {"ErrImagePull", image},
    {"ErrImageNeverPull", image},
    {"InvalidImageName", "the image's name can't be read: look at the tag"},
    {"CrashLoopBackOff", crash},
    {"Error", crash},
    {"RunContainerError", crash},
    {"ContainerCannotRun", crash},
    {"StartError", crash},
    {"OOMKilled", "compare what it uses with its memory limit, and raise the limit or find the leak"},
    {"CreateContainerConfigError", settings_there},
    {"CreateContainerError", settings_there},
    {"Unschedulable", "no node takes it: room, selectors, taints, volumes; add nodes or ask for less"},
    {"FailedCreate", "is a quota used up, or does an admission refuse the pod?"},
    {"ProgressDeadlineExceeded",
     "does its readiness probe fail, is a quota used up, has the cluster room? if it stays, "
     "roll back"},
};

} // namespace

std::string advice_for(std::string_view cause) {
    for (const Advice& one : advices) {
        if (one.cause == cause) {
            return one.words;
        }
    }
    return {};
}

} // namespace sluice::kubernetes
