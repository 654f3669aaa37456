#include "host/vault.h"

#include "plan/fill.h"

#include <cctype>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>
#include <utility>

namespace sluice::host {

struct Vault::Path {
    bool asked = false;
    std::optional<Result<Json>> fields;
    std::vector<std::pair<SecretReference, SecretFound>> waiting;
};

namespace {

constexpr Nanos patience = seconds(10);

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    return first == std::string::npos ? std::string()
                                      : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// Each segment for itself; the slashes stay.
std::string encoded(const std::string& path) {
    std::string text;
    for (const char c : path) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                           std::string_view("-._~/").find(c) != std::string_view::npos;
        text += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return text;
}

bool is_private(const std::string& address) {
    if (address.starts_with("https://")) {
        return true;
    }
    for (const char* here : {"http://127.", "http://localhost", "http://[::1]"}) {
        if (address.starts_with(here) && address.find('@') == std::string::npos) {
            const auto rest = address.substr(std::string_view(here).size());
            return std::string_view(here).ends_with('.') ? rest.find_first_not_of("0123456789.:/") == std::string::npos
                                                         : rest.empty() || rest.front() == ':' || rest.front() == '/';
        }
    }
    return false;
}

/// Once: the text is wiped.
Json body_of(net::HttpResponse& response) {
    Json body = parse_json(response.body, "Vault's answer").value_or(Json());
    wipe(response.body);
    return body;
}

void wipe_texts(Json& json) {
    if (json.is_string()) {
        wipe(json.get_ref<std::string&>());
    } else if (json.is_structured()) {
        for (Json& child : json) {
            wipe_texts(child);
        }
    }
}

const Json* at(const Json& json, const char* pointer) {
    const Json::json_pointer where(pointer);
    return json.is_object() && json.contains(where) ? &json.at(where) : nullptr;
}

std::string text_at(const Json& json, const char* pointer) {
    const Json* found = at(json, pointer);
    return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

Result<Secret> field(const Json& fields, const SecretReference& reference) {
    const auto found = fields.find(reference.part);
    if (found == fields.end()) {
        std::vector<std::string> keys;
        for (const auto& [key, value] : fields.items()) {
            keys.push_back(key);
        }
        return fail(ErrorCode::not_found, fmt::format("the secret in Vault has no key '{}'", reference.part), {},
                    keys.empty() ? "it has none" : fmt::format("it has {}", fmt::join(keys, ", ")));
    }
    if (found->is_string()) {
        return Secret(found->get<std::string>());
    }
    if (found->is_number() || found->is_boolean()) {
        return Secret(found->dump());
    }
    return fail(ErrorCode::bad_input, fmt::format("the key '{}' in Vault is no text", reference.part), {},
                "store it as text");
}

} // namespace

Result<VaultSettings> vault_settings(const SecretSources& sources) {
    VaultSettings settings{{}, Secret(std::string()), {}, {}};
    const auto variable = [&](const char* name) { return sources.environment(name).value_or(""); };
    settings.address = variable("VAULT_ADDR");
    while (settings.address.ends_with('/')) {
        settings.address.pop_back();
    }
    if (settings.address.empty()) {
        return fail(ErrorCode::not_found, "it is not known where Vault is", {},
                    "export VAULT_ADDR=https://HOST:8200 before the start");
    }
    if (!is_private(settings.address)) {
        return fail(ErrorCode::refused, "VAULT_ADDR is not https, so everybody on the way could read the secrets",
                    settings.address, "write https://HOST:8200; name its authority in VAULT_CACERT");
    }
    std::string token = trimmed(variable("VAULT_TOKEN"));
    if (token.empty()) {
        const auto file = sources.file(variable("HOME") + "/.vault-token");
        token = file ? trimmed(file->content) : std::string();
    }
    if (token.empty()) {
        return fail(ErrorCode::not_found, "there is no token for Vault", {},
                    "log in with 'vault login', or export VAULT_TOKEN before the start");
    }
    if (!plan::check_header_value(token)) {
        return fail(ErrorCode::bad_input, "the token for Vault has characters that no header can carry", {},
                    "log in again with 'vault login'");
    }
    settings.token = Secret(std::move(token));
    settings.name_space = variable("VAULT_NAMESPACE");
    if (const std::string path = variable("VAULT_CACERT"); !path.empty()) {
        const auto pem = sources.file(path);
        if (!pem) {
            return fail(pem.error().code, "the authority of Vault can't be read", path, "see VAULT_CACERT");
        }
        auto tls = std::make_shared<net::Tls>();
        tls->ca_pem = pem->content;
        settings.tls = std::move(tls);
    }
    return settings;
}

Vault::Vault(net::HttpClient& http, VaultSettings settings, std::shared_ptr<const RedactionSet> redactions)
    : http_(http), settings_(std::move(settings)), redactions_(std::move(redactions)) {}
Vault::~Vault() {
    for (auto& [name, path] : paths_) {
        if (path.fields && *path.fields) {
            wipe_texts(**path.fields);
        }
    }
}

void Vault::read(const SecretReference& reference, SecretFound found) {
    Path& path = paths_[reference.name];
    path.waiting.emplace_back(reference, std::move(found));
    if (path.fields) {
        settle(reference.name, Result<Json>(*path.fields));
    } else if (!path.asked) {
        path.asked = true;
        find_mount(reference.name);
    }
}

void Vault::ask(const std::string& url, Answer answer) {
    net::HttpRequest request;
    request.url = settings_.address + "/v1/" + url;
    request.headers = {{"X-Vault-Token", settings_.token.reveal()}, {"X-Vault-Request", "true"}};
    if (!settings_.name_space.empty()) {
        request.headers.emplace_back("X-Vault-Namespace", settings_.name_space);
    }
    request.key = fmt::format("vault/{}", ++asked_);
    request.timeout = patience;
    request.tls = settings_.tls;
    http_.send(std::move(request), [life = std::weak_ptr(life_), answer = std::move(answer)](auto response) {
        if (!life.expired()) {
            answer(std::move(response));
        }
    });
}

/// As Vault's own command line asks. A policy may forbid the question; then both versions are tried on the first
/// segment.
void Vault::find_mount(const std::string& path) {
    ask("sys/internal/ui/mounts/" + encoded(path), [this, path](Result<net::HttpResponse> response) {
        if (!response) {
            settle(path, tl::unexpected(net::only_asked(response.error())));
            return;
        }
        const Json body = body_of(*response);
        const std::string mount = text_at(body, "/data/path");
        if (response->status == 200 && path.starts_with(mount) && mount.ends_with('/') && path.size() > mount.size()) {
            const std::string type = text_at(body, "/data/type");
            if (type != "kv" && type != "generic") {
                settle(path, fail(ErrorCode::refused, fmt::format("'{}' in Vault is no KV engine but {}", mount, type),
                                  {}, "only KV is read"));
            } else if (text_at(body, "/data/options/version") == "2") {
                read_kv2(path, mount, false);
            } else {
                read_kv1(path, mount);
            }
        } else if (response->status == 403 || response->status == 404 || response->status == 200) {
            read_kv2(path, path.substr(0, path.find('/') + 1), true);
        } else {
            settle(path, tl::unexpected(wrong(response->status, body, path, path)));
        }
    });
}

void Vault::read_kv2(const std::string& path, const std::string& mount, bool guessed) {
    const std::string api_path = mount + "data/" + path.substr(mount.size());
    ask(encoded(api_path), [this, path, mount, guessed, api_path](Result<net::HttpResponse> response) {
        if (!response) {
            settle(path, tl::unexpected(net::only_asked(response.error())));
            return;
        }
        Json body = body_of(*response);
        const Json* fields = at(body, "/data/data");
        if (response->status == 200 && fields != nullptr && fields->is_object()) {
            settle(path, *fields);
        } else if (at(body, "/data/metadata") != nullptr) {
            settle(path, fail(ErrorCode::not_found, "the newest version of the secret in Vault is deleted", {},
                              fmt::format("vault kv undelete or vault kv put, at {}", path)));
        } else if (guessed && (response->status == 403 || response->status == 404)) {
            read_kv1(path, mount);
        } else {
            settle(path, tl::unexpected(wrong(response->status, body, path, api_path)));
        }
    });
}

void Vault::read_kv1(const std::string& path, const std::string&) {
    ask(encoded(path), [this, path](Result<net::HttpResponse> response) {
        if (!response) {
            settle(path, tl::unexpected(net::only_asked(response.error())));
            return;
        }
        Json body = body_of(*response);
        const Json* fields = at(body, "/data");
        if (response->status == 200 && fields != nullptr && fields->is_object()) {
            settle(path, *fields);
        } else {
            settle(path, tl::unexpected(wrong(response->status, body, path, path)));
        }
    });
}

void Vault::settle(const std::string& path, Result<Json> fields) {
    Path& known = paths_[path];
    known.fields = std::move(fields);
    for (auto& [reference, found] : std::exchange(known.waiting, {})) {
        found(*known.fields ? field(**known.fields, reference) : failed(*known.fields));
    }
}

Error Vault::wrong(int status, const Json& body, const std::string& path, const std::string& api_path) const {
    std::string words;
    if (body.is_object() && body.contains("errors") && body["errors"].is_array()) {
        for (const Json& one : body["errors"]) {
            words += one.is_string() ? ": " + redacted(trimmed(one.get<std::string>()), redactions_) : "";
        }
    }
    switch (status) {
    case 403:
        return {ErrorCode::refused,
                "Vault does not let this token read the secret" + words,
                {},
                fmt::format("is it still valid ('vault token lookup')? Its policy must allow read on {}", api_path)};
    case 404:
        return {ErrorCode::not_found,
                "Vault has no such secret" + words,
                {},
                fmt::format("compare with 'vault kv get {}'; is VAULT_NAMESPACE the right one?", path)};
    case 503:
        return {ErrorCode::unreachable, "Vault is sealed" + words, settings_.address,
                "have it unsealed, or name a node that is, in VAULT_ADDR"};
    case 301:
    case 302:
    case 307:
    case 308:
    case 429:
    case 472:
    case 473:
        return {ErrorCode::unreachable, fmt::format("Vault answered {}: this node is not the active one", status),
                settings_.address, "name the active node in VAULT_ADDR"};
    default:
        return {ErrorCode::unreachable, fmt::format("Vault answered {}", status) + words, settings_.address, {}};
    }
}

} // namespace sluice::host
