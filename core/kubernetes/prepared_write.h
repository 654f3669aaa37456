#pragma once
#include "base/json.h"
#include "base/result.h"
#include "kubernetes/client.h"

#include <functional>
#include <string>
#include <vector>

namespace sluice::kubernetes {

/// One write, made ready before it is sent: it goes into the intent (durable), then to the server, and after a crash it
/// tells what to look for. Every write carries what it expects to find, so that nobody else's change is overwritten.
struct PreparedWrite {
    std::string what;   ///< "scale deployment production/user-service-blue 5 → 0"
    std::string method; ///< PATCH, POST, DELETE; empty = the object shows the desired state already, nothing is sent
    std::string path;   ///< from "/api…" on, with its query
    std::string content_type;
    std::string body;        ///< the bytes that are sent
    std::string object_path; ///< where a GET shows the outcome
    Json expected;           ///< shape (shape.h) that the object had when this was made; null = it was not there
    Json desired;            ///< shape that it has afterwards; null = it is gone
    std::string uid;         ///< of the object that was read; empty = it was not there
    /// True when the body carries secrets: the stored form then has neither body nor digest, and reading back can tell
    /// only that the write did not happen, never that it did.
    bool withheld = false;
    std::string digest; ///< SHA-256 over method, path, content type and body, each ended by a line feed

    bool nothing_to_do() const { return method.empty(); }

    /// For the intent event; canonical (bodies and shapes as text, because objects may hold fractions).
    Json to_json() const;
    static Result<PreparedWrite> from_json(const Json& stored);
};

/// Fills in the digest.
PreparedWrite sealed(PreparedWrite write);

/// The write that sends nothing, because `found` shows the desired shape already.
PreparedWrite nothing_to_send(std::string what, const ObjectRef& object, const Json& found, Json desired);

/// Makes a write out of the object as it is now; null = it is not there. Pure.
using Builder = std::function<Result<PreparedWrite>(const Json& found)>;
struct Preparation {
    std::string path; ///< what is read: the object, or its /scale
    Builder build;
};

/// Reads each object and builds its write, in order; the first failure ends it.
void prepare(Client& client, std::vector<Preparation> preparations, const Ask& ask,
             std::function<void(Result<std::vector<PreparedWrite>>)> done);

/// Sends a write, once. A conflict (409, or a `test` of a JSON patch that failed) is explained by reading the object
/// again: what differs from what was expected, and who changed it last (the error's `what`).
void send(Client& client, const PreparedWrite& write, const Ask& ask, Done done);

enum class Match { matches, differs, unknown };
const char* name(Match match);

struct ReadBack {
    Match match = Match::unknown;
    std::string detail;              ///< what differs, or why it is not known; empty when it matches
    bool as_expected_before = false; ///< the object stands as it was before the write: it did not happen, or was undone
    Json seen = nullptr;             ///< what was read, where it says more than that; kept as the operation's result
};

/// Does the object show the desired state? Reads only.
void read_back(Client& client, const PreparedWrite& write, const Ask& ask, std::function<void(ReadBack)> done);

/// The pure part: `found` null = the object is not there.
ReadBack compare(const PreparedWrite& write, const Json& found);

} // namespace sluice::kubernetes
