#include "effects/kubernetes_effect.h"

#include "effects/write_sequence.h"
#include "kubernetes/backup.h"
#include "kubernetes/yaml.h"

#include <fmt/format.h>

namespace sluice::effects {
namespace {

using namespace kubernetes;
using Preparations = Result<std::vector<Preparation>>;

template <typename... F>
struct Cases : F... {
    using F::operator()...;
};

Ask reading(std::string key) {
    return {std::move(key), net::Pool::acting, seconds(10)};
}

/// An action that is a row of writes, each built from its object.
class WritesEffect : public Effect {
public:
    WritesEffect(Client& client, std::string kind, Preparations preparations)
        : client_(client), kind_(std::move(kind)), preparations_(std::move(preparations)) {}
    ~WritesEffect() override { cancel(); }

    EffectClass effect_class() const override { return EffectClass::convergent; }

    void prepare(std::string key, std::function<void(Result<Prepared>)> done) override {
        if (!preparations_) {
            client_.scheduler().after(
                {}, alive([done = std::move(done), error = preparations_.error()] { done(tl::unexpected(error)); }));
            return;
        }
        kubernetes::prepare(client_, *preparations_, reading(key),
                            [this, key, life = std::weak_ptr(life_),
                             done = std::move(done)](Result<std::vector<PreparedWrite>> writes) {
                                if (life.expired()) {
                                    return;
                                }
                                if (!writes) {
                                    done(failed(writes));
                                    return;
                                }
                                writes_ = std::move(*writes);
                                done(prepared(key));
                            });
    }

    void start(const Prepared& prepared, EffectSink sink) override {
        auto writes = writes_for(prepared);
        if (!writes) {
            client_.scheduler().after({}, alive([sink, error = writes.error()] {
                                          sink.settled({Ending::failed, {}, error});
                                      }));
            return;
        }
        sequence_ =
            std::make_shared<WriteSequence>(client_, std::move(*writes), prepared.detail.value("key", ""), sink);
        sequence_->start([life = std::weak_ptr(life_), sink](WriteSequence::End end) {
            if (!life.expired()) {
                sink.settled({end.ending, {{"writes", end.sent}}, end.error});
            }
        });
    }

    void cancel() override {
        if (sequence_) {
            sequence_->cancel();
        }
    }

    void read_back(const Prepared& prepared, std::function<void(ReadBack)> done) override {
        auto writes = writes_from(prepared.detail.value("writes", Json::array()));
        if (!writes) {
            client_.scheduler().after({}, alive([done, error = writes.error()] {
                                          done({Match::unknown, to_text(error), false});
                                      }));
            return;
        }
        read_back_all(client_, std::move(*writes), prepared.detail.value("key", ""),
                      [life = std::weak_ptr(life_), done = std::move(done)](ReadBack back) {
                          if (!life.expired()) {
                              done(std::move(back));
                          }
                      });
    }

private:
    template <typename F>
    Scheduler::Callback alive(F call) {
        return [life = std::weak_ptr(life_), call = std::move(call)] {
            if (!life.expired()) {
                call();
            }
        };
    }

    Prepared prepared(const std::string& key) const {
        std::string what;
        for (const auto& write : writes_) {
            what += (what.empty() ? "" : "; ") + write.what;
        }
        return {kind_, EffectClass::convergent, what, {{"key", key}, {"writes", to_json(writes_)}}};
    }

    /// Our own, which still have the bodies that are not stored, if these are they.
    Result<std::vector<PreparedWrite>> writes_for(const Prepared& prepared) const {
        const Json stored = prepared.detail.value("writes", Json::array());
        return !writes_.empty() && to_json(writes_) == stored ? Result<std::vector<PreparedWrite>>(writes_)
                                                              : writes_from(stored);
    }

    Client& client_;
    std::string kind_;
    Preparations preparations_;
    std::vector<PreparedWrite> writes_;
    std::shared_ptr<WriteSequence> sequence_;
    std::shared_ptr<int> life_ = std::make_shared<int>(0);
};

/// Reads an object and keeps it as text; changes nothing.
class SaveEffect : public Effect {
public:
    SaveEffect(Client& client, Result<ObjectRef> object) : client_(client), object_(std::move(object)) {}

    EffectClass effect_class() const override { return EffectClass::convergent; }

    void prepare(std::string key, std::function<void(Result<Prepared>)> done) override {
        client_.scheduler().after(
            {}, [life = std::weak_ptr(life_), object = object_, key = std::move(key), done = std::move(done)] {
                if (!life.expired()) {
                    done(object ? Result<Prepared>(Prepared{"kubernetes",
                                                            EffectClass::convergent,
                                                            "save " + object->text(),
                                                            {{"key", key}, {"writes", Json::array()}}})
                                : failed(object));
                }
            });
    }

    void start(const Prepared& prepared, EffectSink sink) override {
        if (!object_) {
            client_.scheduler().after({}, [sink, error = object_.error()] {
                sink.settled({Ending::failed, {}, error});
            });
            return;
        }
        save(client_, *object_, reading(prepared.detail.value("key", "") + "#save"),
             [life = std::weak_ptr(life_), sink](Result<Backup> backup) {
                 if (life.expired()) {
                     return;
                 }
                 if (!backup) {
                     sink.settled({Ending::failed, {}, backup.error()}); // nothing was written, so nothing is in doubt
                     return;
                 }
                 if (sink.output) {
                     sink.output(backup->text);
                 }
                 sink.settled({Ending::done, {{"text", backup->text}, {"digest", backup->digest}}, {}});
             });
    }

    void cancel() override {}

    void read_back(const Prepared&, std::function<void(ReadBack)> done) override {
        client_.scheduler().after({}, [done = std::move(done)] {
            done({Match::differs, "a back-up is simply taken again", true});
        });
    }

private:
    Client& client_;
    Result<ObjectRef> object_;
    std::shared_ptr<int> life_ = std::make_shared<int>(0);
};

Preparations one(const Result<ObjectRef>& object,
                 std::function<Result<PreparedWrite>(const ObjectRef&, const Json&)> build) {
    if (!object) {
        return failed(object);
    }
    return std::vector<Preparation>{
        {object->path(), [ref = *object, build = std::move(build)](const Json& found) { return build(ref, found); }}};
}

using FromManifest = Result<PreparedWrite> (*)(const ObjectRef&, Json, const Json&);

Preparations from_manifests(const std::string& text, const std::string& file, const std::string& name_space,
                            FromManifest build) {
    const auto documents = documents_of_yaml(text, file);
    if (!documents) {
        return failed(documents);
    }
    if (documents->empty()) {
        return fail(ErrorCode::bad_input, "the manifest has no objects", file);
    }
    std::vector<Preparation> preparations;
    for (const Json& manifest : *documents) {
        const auto object = object_of(manifest, name_space);
        if (!object) {
            Error error = object.error();
            error.where = file;
            return tl::unexpected(error);
        }
        preparations.push_back({object->path(), [ref = *object, manifest, build](const Json& found) {
                                    return build(ref, manifest, found);
                                }});
    }
    return preparations;
}

Preparations preparations_of(const KubernetesSpec& spec, const Result<ObjectRef>& object) {
    return std::visit(
        Cases{[](const SaveObject&) -> Preparations { return std::vector<Preparation>(); },
              [&](const RestoreObject& a) {
                  return one(object, [a](const ObjectRef& ref, const Json& found) {
                      return restore_write(ref, a.backup, found);
                  });
              },
              [&](const PatchObject& a) {
                  return one(object, [a](const ObjectRef& ref, const Json& found) {
                      return patch_write(ref, a.kind, a.patch, found);
                  });
              },
              [&](const ApplyManifests& a) { return from_manifests(a.text, a.file, spec.name_space, &apply_write); },
              [&](const CreateObject& a) { return from_manifests(a.text, a.file, spec.name_space, &create_write); },
              [&](const EnsureNamespace&) {
                  return one(object,
                             [](const ObjectRef& ref, const Json& found) { return namespace_write(ref.name, found); });
              },
              [&](const RemoveObject&) {
                  // Controllers write a workload's status all the time, so its version says nothing about people.
                  return one(object, [](const ObjectRef& ref, const Json& found) {
                      return delete_write(ref, ref.type->group != "apps", found);
                  });
              },
              [&](const SetImage& a) {
                  return one(object, [a](const ObjectRef& ref, const Json& found) {
                      return image_write(ref, a.container, a.image, found);
                  });
              },
              [&](const SetEnvironment& a) {
                  return one(object, [a](const ObjectRef& ref, const Json& found) {
                      return env_write(ref, a.container, a.changes, found);
                  });
              },
              [&](const Annotate& a) {
                  return one(object, [a](const ObjectRef& ref, const Json& found) {
                      return annotation_write(ref, a.changes, found);
                  });
              },
              [&](const Restart& a) {
                  return one(object, [a](const ObjectRef& ref, const Json& found) {
                      return restart_write(ref, a.stamp, found);
                  });
              }},
        spec.action);
}

} // namespace

std::unique_ptr<Effect> kubernetes_effect(Client& client, KubernetesSpec spec) {
    const auto object = parse_object(spec.object, spec.name_space);
    if (std::holds_alternative<SaveObject>(spec.action)) {
        return std::make_unique<SaveEffect>(client, object);
    }
    return std::make_unique<WritesEffect>(client, "kubernetes", preparations_of(spec, object));
}

std::unique_ptr<Effect> scale_effect(Client& client, ScaleSpec spec) {
    const auto object = parse_in_namespace(spec.workload);
    Preparations preparations = one(object, [replicas = spec.replicas](const ObjectRef& ref, const Json& found) {
        return scale_write(ref, replicas, found);
    });
    if (preparations) {
        preparations->front().path = scale_path(*object);
    }
    return std::make_unique<WritesEffect>(client, "scale", std::move(preparations));
}

} // namespace sluice::effects
