#pragma once
#include "base/json.h"
#include "base/scheduler.h"
#include "kubernetes/cluster.h"
#include "kubernetes/object_ref.h"
#include "net/http.h"

#include <functional>
#include <optional>
#include <string>

namespace sluice::kubernetes {

/// The name under which the cluster keeps what we wrote (`managedFields`).
inline constexpr const char* field_manager = "sluice";

/// Who asks, on which connections, and how long an answer may take.
struct Ask {
    std::string key; ///< unique among what is in flight: "session/step/attempt#n"
    net::Pool pool = net::Pool::polling;
    Nanos timeout = seconds(10);

    /// The same asker's next request: "…#read", "…#write".
    Ask numbered(std::string_view suffix) const { return {key + std::string(suffix), pool, timeout}; }
};

struct Reply {
    Json object;                      ///< the object, the list, or a Status
    std::optional<Nanos> server_time; ///< the Date header: ages are counted by the cluster's clock, not the desk's
};
using Done = std::function<void(Result<Reply>)>;

/// What must still be so for a delete to happen; empty = not asked.
struct Preconditions {
    std::string uid;
    std::string resource_version;
};

enum class PatchKind { json, merge, strategic, apply };
const char* content_type(PatchKind kind);

/// One API server. Every answer comes later, never from within the call, on the engine thread; nothing is retried.
///
/// Must outlive the requests in flight. Errors as in status.h; those of the connection as in net/http.h.
class Client {
public:
    Client(net::HttpClient& http, Scheduler& scheduler, Cluster cluster, ReadFile read_file);

    const Cluster& cluster() const { return cluster_; }
    Scheduler& scheduler() const { return scheduler_; }

    void get(const ObjectRef& object, const Ask& ask, Done done);
    void list(const ResourceType& type, std::string_view name_space, std::string_view selector, const Ask& ask,
              Done done);
    void json_patch(const ObjectRef& object, const Json& operations, const Ask& ask, Done done);
    void merge_patch(const ObjectRef& object, const Json& patch, const Ask& ask, Done done);
    void strategic_merge_patch(const ObjectRef& object, const Json& patch, const Ask& ask, Done done);
    /// Server-side apply as manager "sluice". Never forces: a field that another manager owns is a conflict.
    void apply(const ObjectRef& object, const Json& manifest, const Ask& ask, Done done);
    void create(const ObjectRef& object, const Json& manifest, const Ask& ask, Done done);
    void remove(const ObjectRef& object, const Preconditions& preconditions, const Ask& ask, Done done);

    /// Any request of this server; `path` from "/api…" on, with its query.
    void request(std::string method, const std::string& path, std::string content_type, std::string body,
                 const Ask& ask, Done done);

    /// A GET whose answer is text, as logs are: at most `budget` bytes, or `corrupt`. Errors are those of `request`.
    void read_text(const std::string& path, std::size_t budget, const Ask& ask,
                   std::function<void(Result<std::string>)> done);

    /// Address, credentials and certificates of this server put on a request whose `url` is a path; for what goes
    /// through the service proxy and for watches.
    Result<net::HttpRequest> signed_request(net::HttpRequest request);

private:
    void patch(const ObjectRef& object, PatchKind kind, const Json& body, const Ask& ask, Done done);

    net::HttpClient& http_;
    Scheduler& scheduler_;
    Cluster cluster_;
    Credentials credentials_;
};

/// "?fieldManager=sluice", which every write carries.
std::string with_manager(const std::string& path);

/// The body of a delete that carries what it expects to find.
Json delete_options(const Preconditions& preconditions);

/// An IMF-fixdate ("Sun, 06 Nov 1994 08:49:37 GMT", RFC 9110) as nanoseconds UTC; nothing if it is none.
std::optional<Nanos> http_date(std::string_view text);

} // namespace sluice::kubernetes
