#pragma once
/// The effects of a release: prepared, sent once their intent is durable, read back when their outcome is not known.
#include "base/digest.h"
#include "effects/effect.h"
#include "engine/effect_maker.h"
#include "engine/journal.h"
#include "engine/look.h"

#include <map>
#include <memory>
#include <set>

namespace sluice::engine {

class Actions {
public:
    struct Output {
        /// Takes what an operation prints, redacted, in order.
        std::function<void(const std::string& operation, std::string_view bytes)> take;
        /// What comes next of this operation begins with its first byte again.
        std::function<void(const std::string& operation)> again;
        /// Makes durable what has been taken; false when it can't.
        std::function<bool()> keep;
    };
    Actions(const Eyes& eyes, Journal& journal, EffectMaker& maker, Output output);
    ~Actions();

    /// A step with an effect has started.
    void prepare(const plan::Step& step, int attempt);
    /// Its intent is durable.
    void start(const release::Intent& intent);
    /// An operation has settled or stands in doubt: what waited to write the same object may go on.
    void retry_waiting();
    /// A rollback began: what still writes to an object sends nothing more, so that the way back is not kept waiting.
    void hurry();
    /// It is rolled back or aborted: programs of steps that are given up are asked to end (SIGTERM, then SIGKILL).
    void end_programs();
    /// A person has answered for it.
    void forget(const std::string& operation);
    /// After a restart: find out what became of each operation that had begun, and look again at those in doubt that
    /// can be read back.
    void recover();
    /// True until each of them has been looked at once since the restart.
    bool looking_back() const { return !looking_back_.empty(); }
    /// Told once, when that is so.
    void on_looked_back(std::function<void()> receiver) { looked_back_ = std::move(receiver); }

private:
    static constexpr std::size_t most_judged = 4u << 20; ///< bytes of output that `expect` and `outputs` see

    struct Running {
        std::unique_ptr<effects::Effect> effect;
        effects::Prepared prepared;
        std::map<std::string, std::string> outputs;
        Sha256 digest;            ///< of the output
        std::int64_t written = 0; ///< bytes of output
        std::string tail;         ///< of it, what is judged
        int resent = 0;
    };
    struct Waiting {
        std::string step;
        int attempt = 1;
    };
    bool must_wait(const plan::Step& step) const;
    void prepared(const std::string& operation, const std::string& step, int attempt,
                  Result<effects::Prepared> prepared);
    effects::EffectSink sink_of(const std::string& operation);
    void at_work(const std::string& operation, Json what);
    void send(const std::string& operation);
    void recover(const std::string& operation);
    void look_again(const std::string& operation);
    void looked_back(const std::string& operation);
    void settled(const std::string& operation, effects::Outcome outcome);
    void judge(const std::string& operation, const effects::Outcome& outcome);
    void verify(const std::string& operation, std::function<void(const Sight&)> done);
    void uncertain(const std::string& operation, const std::string& why);
    void read_back(const std::string& operation, const std::string& why, const effects::ReadBack& back);
    std::string take_outputs(const std::string& operation, const plan::StepResult& result);
    std::string seen_why(const std::string& operation, const Sight& sight) const;
    plan::StepResult told_of(const std::string& operation, const plan::StepResult& seen) const;
    void doubt(const std::string& operation, const std::string& why, const std::string& back);
    void finish(const std::string& operation, bool succeeded, const std::string& how, const std::string& why,
                Json result, bool repeat, const std::string& lost = {});
    void drop(const std::string& operation);
    const plan::Step& step_of(const std::string& operation) const;

    const Eyes& eyes_;
    Journal& journal_;
    EffectMaker& maker_;
    Output output_;
    std::map<std::string, Running> running_; ///< by operation
    std::vector<Running> gone_; ///< dropped from within their own calls; with this at the latest, before connections
    std::shared_ptr<int> life_ = std::make_shared<int>(0);
    std::vector<Waiting> waiting_;
    std::set<std::string> looking_back_; ///< operations
    std::function<void()> looked_back_;
};

} // namespace sluice::engine
