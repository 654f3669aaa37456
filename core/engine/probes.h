#pragma once
#include "engine/journal.h"
#include "engine/look.h"

#include <map>
#include <set>

namespace sluice::engine {

/// The probes at work: asked, judged, asked again until they are met or their time is over. Reads only, so after a
/// restart they are simply asked again.
class Probes {
public:
    Probes(const Eyes& eyes, Journal& journal,
           std::function<void(const std::string& key, std::string_view bytes)> output)
        : eyes_(eyes), journal_(journal), output_(std::move(output)) {}
    ~Probes();

    void start(const plan::Step& step, int attempt);
    void recover(); ///< all that the release says are at work

private:
    void ask(const std::string& step, int attempt, int n);
    void ask_again(const std::string& step, int attempt, int n, Nanos after);
    void seen(const std::string& step, int attempt, int n, const Sight& sight);

    const Eyes& eyes_;
    Journal& journal_;
    std::function<void(const std::string&, std::string_view)> output_;
    std::map<std::string, Nanos> attested_; ///< since when what was typed elsewhere is read back
    std::shared_ptr<int> life_ = std::make_shared<int>(0);
};

} // namespace sluice::engine
