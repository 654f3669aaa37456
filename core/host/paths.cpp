#include "host/paths.h"

#include "base/digest.h"

#include <fmt/format.h>
#include <fstream>
#include <unistd.h>

namespace sluice::host {
namespace {

std::filesystem::path under(const Environment& environment, const char* variable,
                            const std::filesystem::path& otherwise) {
    const auto value = environment(variable);
    return (value && !value->empty() ? std::filesystem::path(*value) : otherwise) / "sluice";
}

} // namespace

Result<Paths> user_paths(const Environment& environment) {
    const auto home = environment("HOME");
    if (!home || home->empty()) {
        return fail(ErrorCode::not_found, "HOME is not set", {},
                    "set it: sessions and the operator's key are kept there");
    }
    const std::filesystem::path base(*home);
    Paths paths;
    paths.sessions = under(environment, "XDG_DATA_HOME", base / ".local/share") / "sessions";
    paths.config = under(environment, "XDG_CONFIG_HOME", base / ".config");
    paths.runtime = under(environment, "XDG_RUNTIME_DIR",
                          std::filesystem::temp_directory_path() / fmt::format("sluice-{}", ::getuid()));
    paths.state = under(environment, "XDG_STATE_HOME", base / ".local/state");
    paths.policy = environment("SLUICE_POLICY").value_or("");
    const auto kubeconfig = environment("KUBECONFIG");
    paths.kubeconfig = kubeconfig && !kubeconfig->empty()
                           ? std::filesystem::path(kubeconfig->substr(0, kubeconfig->find(':')))
                           : base / ".kube/config";
    return paths;
}

std::filesystem::path socket_of(const Paths& paths, const std::filesystem::path& session) {
    std::error_code ignored;
    const auto whole = std::filesystem::weakly_canonical(session, ignored);
    return paths.runtime / (hex(sha256(whole.string())).substr(0, 24) + ".sock");
}

Result<std::string> read_file(const std::string& path, std::size_t budget) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        return fail(ErrorCode::bad_input, "this is a folder, not a file", path);
    }
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return fail(ErrorCode::not_found, "the file can't be read", path, "is the path right, and may you read it?");
    }
    std::string text;
    char buffer[1 << 16];
    while (file.read(buffer, sizeof buffer) || file.gcount() > 0) {
        text.append(buffer, static_cast<std::size_t>(file.gcount()));
        if (text.size() > budget) {
            return fail(ErrorCode::bad_input, fmt::format("the file is larger than {} bytes", budget), path);
        }
    }
    return text;
}

} // namespace sluice::host
