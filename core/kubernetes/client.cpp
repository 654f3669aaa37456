#include "kubernetes/client.h"

#include "kubernetes/status.h"

#include <date/date.h>
#include <fmt/format.h>
#include <sstream>

namespace sluice::kubernetes {
namespace {

/// The verb that access rules use for a method on a path.
std::string verb_of(std::string_view method, std::string_view path) {
    if (method == "GET") {
        return "get";
    }
    if (method == "PATCH") {
        return path.find("/scale") != std::string_view::npos ? "patch (subresource scale)" : "patch";
    }
    return method == "POST" ? "create" : method == "DELETE" ? "delete" : std::string(method);
}

Result<Reply> reply_of(const Result<net::HttpResponse>& answer, const Asked& asked) {
    if (!answer) {
        return tl::unexpected(asked.verb == "get" ? net::only_asked(answer.error()) : answer.error());
    }
    const bool good = answer->status >= 200 && answer->status < 300;
    Reply reply;
    reply.server_time = http_date(answer->header("Date"));
    auto body = parse_json(answer->body, asked.where);
    if (good && !body) {
        return fail(ErrorCode::corrupt, "the answer is not what an API server sends: " + body.error().what, asked.where,
                    "check that the address is that of an API server");
    }
    if (!good) {
        return tl::unexpected(error_of(answer->status, body ? *body : Json(), answer->header("Retry-After"), asked));
    }
    reply.object = std::move(*body);
    return reply;
}

} // namespace

const char* content_type(PatchKind kind) {
    switch (kind) {
    case PatchKind::json:
        return "application/json-patch+json";
    case PatchKind::merge:
        return "application/merge-patch+json";
    case PatchKind::strategic:
        return "application/strategic-merge-patch+json";
    case PatchKind::apply:
        return "application/apply-patch+yaml"; // JSON is YAML
    }
    return "";
}

Client::Client(net::HttpClient& http, Scheduler& scheduler, Cluster cluster, ReadFile read_file)
    : http_(http), scheduler_(scheduler), cluster_(std::move(cluster)),
      credentials_(cluster_.token, cluster_.token_file, std::move(read_file)) {}

Result<net::HttpRequest> Client::signed_request(net::HttpRequest request) {
    const auto authorization = credentials_.authorization();
    if (!authorization) {
        return failed(authorization);
    }
    request.url = cluster_.server + request.url;
    request.tls = cluster_.tls;
    if (!authorization->empty()) {
        request.headers.emplace_back("Authorization", *authorization);
    }
    return request;
}

void Client::request(std::string method, const std::string& path, std::string type, std::string body, const Ask& ask,
                     Done done) {
    Asked asked{verb_of(method, path), path.substr(0, path.find('?')),
                fmt::format("{} {}{}", method, cluster_.server, path), cluster_.name, cluster_.user};
    net::HttpRequest request;
    request.method = std::move(method);
    request.url = path;
    request.headers.emplace_back("Accept", "application/json");
    if (!body.empty()) {
        request.headers.emplace_back("Content-Type", std::move(type));
    }
    request.body = std::move(body);
    request.timeout = ask.timeout;
    request.key = ask.key;
    request.pool = ask.pool;
    auto ready = signed_request(std::move(request));
    if (!ready) {
        scheduler_.after({}, [done = std::move(done), error = ready.error()] { done(tl::unexpected(error)); });
        return;
    }
    http_.send(std::move(*ready), [asked = std::move(asked), done = std::move(done)](Result<net::HttpResponse> answer) {
        done(reply_of(answer, asked));
    });
}

void Client::read_text(const std::string& path, std::size_t budget, const Ask& ask,
                       std::function<void(Result<std::string>)> done) {
    Asked asked{"get", path.substr(0, path.find('?')), fmt::format("GET {}{}", cluster_.server, path), cluster_.name,
                cluster_.user};
    net::HttpRequest request;
    request.url = path;
    request.timeout = ask.timeout;
    request.key = ask.key;
    request.pool = ask.pool;
    request.budget = budget;
    auto ready = signed_request(std::move(request));
    if (!ready) {
        scheduler_.after({}, [done = std::move(done), error = ready.error()] { done(tl::unexpected(error)); });
        return;
    }
    http_.send(std::move(*ready), [asked = std::move(asked), done = std::move(done)](Result<net::HttpResponse> answer) {
        if (answer && answer->status >= 200 && answer->status < 300) {
            done(std::move(answer->body));
        } else {
            done(tl::unexpected(reply_of(answer, asked).error())); // which has no other outcome for these
        }
    });
}

void Client::get(const ObjectRef& object, const Ask& ask, Done done) {
    request("GET", object.path(), {}, {}, ask, std::move(done));
}

void Client::list(const ResourceType& type, std::string_view name_space, std::string_view selector, const Ask& ask,
                  Done done) {
    request("GET", list_path(type, name_space, selector), {}, {}, ask, std::move(done));
}

void Client::patch(const ObjectRef& object, PatchKind kind, const Json& body, const Ask& ask, Done done) {
    request("PATCH", with_manager(object.path()), content_type(kind), body.dump(), ask, std::move(done));
}

void Client::json_patch(const ObjectRef& object, const Json& operations, const Ask& ask, Done done) {
    patch(object, PatchKind::json, operations, ask, std::move(done));
}

void Client::merge_patch(const ObjectRef& object, const Json& body, const Ask& ask, Done done) {
    patch(object, PatchKind::merge, body, ask, std::move(done));
}

void Client::strategic_merge_patch(const ObjectRef& object, const Json& body, const Ask& ask, Done done) {
    patch(object, PatchKind::strategic, body, ask, std::move(done));
}

void Client::apply(const ObjectRef& object, const Json& manifest, const Ask& ask, Done done) {
    patch(object, PatchKind::apply, manifest, ask, std::move(done));
}

void Client::create(const ObjectRef& object, const Json& manifest, const Ask& ask, Done done) {
    request("POST", with_manager(object.list_path()), "application/json", manifest.dump(), ask, std::move(done));
}

void Client::remove(const ObjectRef& object, const Preconditions& preconditions, const Ask& ask, Done done) {
    request("DELETE", object.path(), "application/json", delete_options(preconditions).dump(), ask, std::move(done));
}

std::string with_manager(const std::string& path) {
    return path + "?fieldManager=" + field_manager;
}

Json delete_options(const Preconditions& preconditions) {
    Json options = {{"apiVersion", "v1"}, {"kind", "DeleteOptions"}, {"propagationPolicy", "Background"}};
    if (!preconditions.uid.empty()) {
        options["preconditions"]["uid"] = preconditions.uid;
    }
    if (!preconditions.resource_version.empty()) {
        options["preconditions"]["resourceVersion"] = preconditions.resource_version;
    }
    return options;
}

std::optional<Nanos> http_date(std::string_view text) {
    std::istringstream in{std::string(text)};
    in.imbue(std::locale::classic());
    date::sys_seconds time{};
    in >> date::parse("%a, %d %b %Y %T GMT", time);
    return in.fail() ? std::nullopt : std::optional<Nanos>(seconds(time.time_since_epoch().count()));
}

} // namespace sluice::kubernetes
