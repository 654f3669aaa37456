#include "effects/effect.h"

namespace sluice::effects {

const char* name(EffectClass effect_class) {
    switch (effect_class) {
    case EffectClass::convergent:
        return "convergent";
    case EffectClass::keyed:
        return "keyed";
    case EffectClass::probeable:
        return "probeable";
    case EffectClass::opaque:
        return "opaque";
    }
    return "";
}

const char* name(Ending ending) {
    switch (ending) {
    case Ending::done:
        return "done";
    case Ending::failed:
        return "failed";
    case Ending::unknown:
        return "unknown";
    }
    return "";
}

Json Prepared::to_json() const {
    return {{"kind", kind}, {"class", name(effect_class)}, {"what", what}, {"detail", detail}};
}

Result<Prepared> Prepared::from_json(const Json& stored) {
    try {
        Prepared prepared;
        prepared.kind = stored.at("kind").get<std::string>();
        prepared.what = stored.at("what").get<std::string>();
        prepared.detail = stored.at("detail");
        const std::string wanted = stored.at("class").get<std::string>();
        for (const auto effect_class :
             {EffectClass::convergent, EffectClass::keyed, EffectClass::probeable, EffectClass::opaque}) {
            if (wanted == name(effect_class)) {
                prepared.effect_class = effect_class;
                return prepared;
            }
        }
        return fail(ErrorCode::corrupt, "the effect class '" + wanted + "' is not known", prepared.what);
    } catch (const Json::exception& error) {
        return fail(ErrorCode::corrupt, std::string("not a stored action: ") + error.what());
    }
}

} // namespace sluice::effects
