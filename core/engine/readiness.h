#pragma once
#include "engine/journal.h"
#include "engine/look.h"

#include <map>

namespace sluice::engine {

/// Whether the way back that is the default one now could run, asked again and again (ref/semantics.md, "Rollback
/// readiness"): each arm that it gives traffic to must be ready, or be made ready by one of its own steps. The release
/// hears of changes only.
class Readiness {
public:
    static constexpr Nanos interval = seconds(15);

    Readiness(const Eyes& eyes, Journal& journal);
    ~Readiness();
    void start();
    void stop();
    /// Another phase is at work: the default way back may be another one, and is asked about at once.
    void follow();

private:
    struct Target {
        std::string arm;
        std::string on; ///< cluster
        plan::Probe probe;
        bool scaled = false;                ///< the option scales it before it shifts
        const plan::Ready* ready = nullptr; ///< of a step that says itself how it is proven; `arm` is its id then
    };
    void aim(const plan::Option& option);
    void ask();
    void seen(std::size_t target, const Sight& sight);

    const Eyes& eyes_;
    Journal& journal_;
    bool started_ = false;
    std::string option_; ///< that is asked about
    std::vector<Target> targets_;
    std::string unproven_;                 ///< steps of which nothing can be told beforehand
    std::map<std::size_t, Sight> answers_; ///< of this round
    TimerId timer_ = TimerId::none;
    std::uint64_t rounds_ = 0;
    std::shared_ptr<int> life_ = std::make_shared<int>(0);
};

} // namespace sluice::engine
