#pragma once
#include "base/result.h"

#include <QObject>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sluice::net {

enum class AddressFamily { any, a, aaaa }; ///< any: those that this machine can use itself

/// Asks the system's resolver (hosts file, DNS, what else it is set to) for a name, anew each time: what Qt looks up it
/// keeps for a minute, and whoever waits for a name to change would be told the old addresses.
///
/// Made, used and destroyed in a thread with an event loop. A resolver can't be taken back and may take half a minute
/// to give up: it goes on in a thread of its own, and nobody waits for it.
class NameLookup {
public:
    /// Sorted, without repetition, at least one. `not_found`: there is no such name, or it has no such address;
    /// `unreachable`: the resolver could not tell, or too many lookups hang already.
    using Done = std::function<void(Result<std::vector<std::string>>)>;

    NameLookup();
    ~NameLookup(); ///< calls nobody any more
    NameLookup(const NameLookup&) = delete;

    void ask(const std::string& name, AddressFamily family, Done done);

private:
    struct Way;
    void answer(std::uint64_t id, Result<std::vector<std::string>> found);

    QObject home_;
    std::shared_ptr<Way> way_;
    std::uint64_t last_ = 0;
    std::map<std::uint64_t, Done> asked_;
};

} // namespace sluice::net
