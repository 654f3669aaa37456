#pragma once
#include <string>
#include <utility>
#include <vector>

namespace sluice::report {

/// A command as a stranger pastes it into a login shell: its secrets are read before anything runs, and if one is not
/// there nothing does. All of it stands in a shell of its own, so that neither a secret nor the folder stays behind.
/// Pure; one of these for each command.
class Fetched {
public:
    /// `started_in`: where the program was started, from which it sees `file:` secrets; empty = not known.
    explicit Fetched(std::string started_in) : started_in_(std::move(started_in)) {}

    /// A header or variable, as one word for the shell: in quotes, within which a secret is only named.
    std::string word(const std::string& before, const std::string& value);

    /// The whole of it. `folder`: where it runs; empty = wherever somebody stands.
    std::string command(const std::string& folder, const std::string& line) const;

    const std::vector<std::string>& remarks() const { return remarks_; } ///< what is not known of its secrets

private:
    std::string file(const std::string& path);
    std::string started_in_;
    std::vector<std::string> reads_;
    std::vector<std::string> remarks_;
};

} // namespace sluice::report
