#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice::report {

/// A command as a stranger pastes it into a login shell: its secrets are read before anything runs, and if one is not
/// there nothing does. No secret is a program's argument, which every user of the machine can read: it stands in a
/// program's environment or goes in by a pipe, from the shell's own `printf`. All of it stands in a shell of its own,
/// so that neither a secret nor the folder stays behind. Pure; one of these for each command.
class Fetched {
public:
    /// `started_in`: where the program was started, from which it sees `file:` secrets; empty = not known.
    explicit Fetched(std::string started_in) : started_in_(std::move(started_in)) {}

    /// A variable's value, as one word for the shell: in quotes, within which a secret is only named.
    std::string word(const std::string& value);

    /// What `curl` (7.55 and later) is told of one header, with a space before it. With a secret it comes by the pipe.
    std::string header(const std::string& name, const std::string& value);

    /// The same of an Authorization header with a user and its password.
    std::string basic(const std::string& user, const std::string& password);

    /// Where a program finds a secret as a file, as a word: the file that it is, else one without a name, for which the
    /// shell must be bash or zsh.
    std::string as_file(const std::string& reference);

    /// What `curl` is told of who we are to a proxy, with a space before it; the shell must be bash or zsh.
    std::string proxy_user(const std::string& user, const std::string& password);

    /// The whole of it. `folder`: where it runs; empty = wherever somebody stands.
    std::string command(const std::string& folder, const std::string& line) const;

    /// What is not known of its secrets, and which shell it wants.
    const std::vector<std::string>& remarks() const { return remarks_; }

private:
    struct Named {
        std::string before;   ///< what stands before the secret, quoted
        std::string variable; ///< the shell's, that holds it
    };
    std::optional<Named> named(const std::string& before, const std::string& value);
    std::string file(const std::string& path);
    void wants_bash();
    std::string started_in_;
    std::vector<std::string> reads_;
    std::vector<Named> piped_;
    std::vector<std::string> remarks_;
};

} // namespace sluice::report
