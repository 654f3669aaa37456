#pragma once
#include "effects/effect.h"
#include "kubernetes/object_writes.h"
#include "kubernetes/workload_writes.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sluice::effects {

/// What a kubernetes step does to an object; every text is filled in, every file read.
struct SaveObject {};
struct RestoreObject {
    std::string backup; ///< as SaveObject gave it
};
struct PatchObject {
    kubernetes::PatchKind kind = kubernetes::PatchKind::merge;
    Json patch;
};
struct ApplyManifests {
    std::string text; ///< YAML, several documents
    std::string file; ///< its name, for errors
};
struct CreateObject {
    std::string text; ///< YAML, several documents; they must not exist yet
    std::string file;
};
struct EnsureNamespace {};
struct RemoveObject {};
struct SetImage {
    std::string container; ///< empty = the only one
    std::string image;
};
struct SetEnvironment {
    std::string container;
    std::vector<kubernetes::EnvChange> changes;
};
struct Annotate {
    std::map<std::string, std::optional<std::string>> changes; ///< nothing = remove
};
struct Restart {
    std::string stamp; ///< RFC 3339; the same for every attempt of a step
};

struct KubernetesSpec {
    std::string object; ///< "deployment/user-service"; "namespace/x" for EnsureNamespace; unused by apply and create
    std::string name_space; ///< and the one of manifests that name none
    std::variant<SaveObject, RestoreObject, PatchObject, ApplyManifests, CreateObject, EnsureNamespace, RemoveObject,
                 SetImage, SetEnvironment, Annotate, Restart>
        action;
};

/// Convergent. A save's result is {"text", "digest"}; any other's {"writes": what was done, in order}.
std::unique_ptr<Effect> kubernetes_effect(kubernetes::Client& client, KubernetesSpec spec);

struct ScaleSpec {
    std::string workload; ///< "production/user-service-blue"
    int replicas = 0;
};

/// Convergent. Settles when the scale is written, not when the pods are there: that is a probe's business.
std::unique_ptr<Effect> scale_effect(kubernetes::Client& client, ScaleSpec spec);

} // namespace sluice::effects
