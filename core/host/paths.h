#pragma once
#include "base/result.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace sluice::host {

/// Where the user's things are (XDG base directories).
struct Paths {
    std::filesystem::path sessions;   ///< $XDG_DATA_HOME/sluice/sessions
    std::filesystem::path config;     ///< $XDG_CONFIG_HOME/sluice: the operator's key
    std::filesystem::path runtime;    ///< $XDG_RUNTIME_DIR/sluice: command sockets
    std::filesystem::path policy;     ///< $SLUICE_POLICY; empty = not set
    std::filesystem::path kubeconfig; ///< the first file of $KUBECONFIG, else ~/.kube/config
    std::filesystem::path state = {}; ///< $XDG_STATE_HOME/sluice: bookmarks of sessions
};

using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// `not_found` when neither HOME nor the XDG variables are set.
Result<Paths> user_paths(const Environment& environment);

/// The command socket of a session: short, whatever the session's path is (a socket's path has at most 107 bytes), and
/// the same for everybody who names that file.
std::filesystem::path socket_of(const Paths& paths, const std::filesystem::path& session);

/// A whole file, at most `budget` bytes; `not_found` or `io` with the path.
Result<std::string> read_file(const std::string& path, std::size_t budget = 16u << 20);

} // namespace sluice::host
