#pragma once
#include "base/json.h"
#include "base/result.h"
#include "kubernetes/prepared_write.h"

#include <functional>
#include <string>
#include <string_view>

namespace sluice::effects {

/// What may be done with an action whose outcome is not known (ref/durability.md).
enum class EffectClass {
    convergent, ///< sets a state: read back, and prepare and send it again if it differs
    keyed,      ///< the other side recognises the operation's key: send the same again
    probeable,  ///< can't be repeated, but whether it happened can be read
    opaque,     ///< neither: a person must say
};
const char* name(EffectClass effect_class);

/// An action made ready: what is committed as the intent before anything is sent.
struct Prepared {
    std::string kind; ///< "kubernetes", "shift", "scale", "http", …
    EffectClass effect_class = EffectClass::opaque;
    std::string what; ///< one line for people
    Json detail;      ///< canonical; all that `read_back` needs after a crash, and no secrets

    Json to_json() const;
    static Result<Prepared> from_json(const Json& stored);
};

/// What became of an action that an earlier run of this program began.
enum class TakenUp {
    attached,    ///< it is still at work, or has left its result: the sink hears the rest
    never_began, ///< nothing was sent: it did not happen
    lost,        ///< it began, and nothing here says how it went: read back
};

enum class Ending {
    done,
    failed,  ///< it did not happen, or not as wanted; `error` says why
    unknown, ///< it can have happened: read back before anything else
};
const char* name(Ending ending);

struct Outcome {
    Ending ending = Ending::unknown;
    Json result; ///< canonical: what `expect` and `outputs` look at
    Error error; ///< when not done
};

/// Takes what comes out of an action while it runs. `settled` comes once, last, never from within `start`.
struct EffectSink {
    std::function<void(std::string_view text)> output; ///< redacted
    std::function<void(Outcome)> settled;
    /// What people can find it by while it runs, of this machine: a program's {"pid", "boot"}.
    std::function<void(Json what)> at_work = {};
};

using kubernetes::Match;
using kubernetes::ReadBack;

/// One attempt of one action. Made with its specification, used once, dropped when it has settled; callbacks come on
/// the engine thread, and none after the destructor.
///
/// `prepare` reads and decides; `start` takes what it answered, after that was committed. After a crash a new object
/// with the same specification takes the stored `Prepared`: for `read_back`, or (keyed) for `start`.
class Effect {
public:
    virtual ~Effect() = default;
    virtual EffectClass effect_class() const = 0;

    /// `key` is the operation: "session/step/attempt". Reads only.
    virtual void prepare(std::string key, std::function<void(Result<Prepared>)> done) = 0;
    virtual void start(const Prepared& prepared, EffectSink sink) = 0;

    /// Sends nothing more; `settled` still comes. What is in flight is waited for, if it writes.
    virtual void cancel() = 0;

    /// After a restart: is it still at work, or did it leave a result on this machine?
    // NOLINTNEXTLINE(performance-unnecessary-value-param): those that attach keep the sink
    virtual TakenUp take_up(const Prepared&, EffectSink) { return TakenUp::lost; }

    /// Does the outside show what this was to bring about? Reads only.
    virtual void read_back(const Prepared& prepared, std::function<void(ReadBack)> done) = 0;

    /// The result that it has when it is done, as far as the intent tells: for the outputs of one whose own answer is
    /// lost. Null: nothing.
    virtual Json foretold(const Prepared&) const { return nullptr; }
};

} // namespace sluice::effects
