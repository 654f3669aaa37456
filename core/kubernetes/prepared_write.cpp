#include "kubernetes/prepared_write.h"

#include "base/digest.h"
#include "kubernetes/conflict.h"
#include "kubernetes/shape.h"
#include "kubernetes/status.h"

#include <fmt/format.h>
#include <memory>

namespace sluice::kubernetes {
namespace {

std::string uid_of(const Json& found) {
    return found.value("/metadata/uid"_json_pointer, "");
}

/// Builders take the object apart as the API describes it; one that is not like that must not end the program.
Result<PreparedWrite> built(const Preparation& preparation, const Json& found) {
    try {
        return preparation.build(found);
    } catch (const Json::exception& error) {
        return fail(ErrorCode::corrupt, std::string("the object is not as the API describes it: ") + error.what(),
                    preparation.path);
    }
}

/// One pass over the preparations: a read, its write, the next read.
struct Pass : std::enable_shared_from_this<Pass> {
    Pass(Client& c, std::vector<Preparation> p, Ask a) : client(c), preparations(std::move(p)), ask(std::move(a)) {}

    void next() {
        const std::size_t index = writes.size();
        if (index == preparations.size()) {
            done(std::move(writes));
            return;
        }
        client.request("GET", preparations[index].path, {}, {}, ask.numbered(fmt::format("#read{}", index + 1)),
                       [self = shared_from_this(), index](Result<Reply> reply) {
                           if (!reply && reply.error().code != ErrorCode::not_found) {
                               self->done(failed(reply));
                               return;
                           }
                           auto write = built(self->preparations[index], reply ? reply->object : Json());
                           if (!write) {
                               self->done(failed(write));
                               return;
                           }
                           self->writes.push_back(std::move(*write));
                           self->next();
                       });
    }

    Client& client;
    std::vector<Preparation> preparations;
    Ask ask;
    std::vector<PreparedWrite> writes;
    std::function<void(Result<std::vector<PreparedWrite>>)> done;
};

/// True for the errors behind which somebody else's change may stand.
bool may_be_conflict(const Error& error, const PreparedWrite& write) {
    return error.code == ErrorCode::conflict ||
           (error.code == ErrorCode::refused && write.content_type == content_type(PatchKind::json));
}

} // namespace

Json PreparedWrite::to_json() const {
    Json stored = {{"what", what},
                   {"method", method},
                   {"path", path},
                   {"content_type", content_type},
                   {"object", object_path},
                   {"expected", expected.dump()},
                   {"desired", desired.dump()},
                   {"uid", uid},
                   {"withheld", withheld}};
    if (!withheld) {
        stored["body"] = body;
        stored["digest"] = digest;
    }
    return stored;
}

Result<PreparedWrite> PreparedWrite::from_json(const Json& stored) {
    try {
        PreparedWrite write;
        write.what = stored.at("what").get<std::string>();
        write.method = stored.at("method").get<std::string>();
        write.path = stored.at("path").get<std::string>();
        write.content_type = stored.at("content_type").get<std::string>();
        write.object_path = stored.at("object").get<std::string>();
        write.expected = Json::parse(stored.at("expected").get_ref<const std::string&>());
        write.desired = Json::parse(stored.at("desired").get_ref<const std::string&>());
        write.uid = stored.at("uid").get<std::string>();
        write.withheld = stored.at("withheld").get<bool>();
        if (!write.withheld) {
            write.body = stored.at("body").get<std::string>();
            write.digest = stored.at("digest").get<std::string>();
            if (sealed(write).digest != write.digest) {
                return fail(ErrorCode::corrupt, "a stored write does not have its digest", write.what);
            }
        }
        return write;
    } catch (const Json::exception& error) {
        return fail(ErrorCode::corrupt, std::string("not a stored write: ") + error.what());
    }
}

PreparedWrite sealed(PreparedWrite write) {
    write.digest =
        hex(sha256(fmt::format("{}\n{}\n{}\n{}\n", write.method, write.path, write.content_type, write.body)));
    return write;
}

PreparedWrite nothing_to_send(std::string what, const ObjectRef& object, const Json& found, Json desired) {
    PreparedWrite write;
    write.what = std::move(what) + " (already so)";
    write.object_path = object.path();
    write.expected = desired;
    write.desired = std::move(desired);
    write.uid = uid_of(found);
    return sealed(std::move(write));
}

void prepare(Client& client, std::vector<Preparation> preparations, const Ask& ask,
             std::function<void(Result<std::vector<PreparedWrite>>)> done) {
    auto pass = std::make_shared<Pass>(client, std::move(preparations), ask);
    pass->done = std::move(done);
    if (pass->preparations.empty()) {
        client.scheduler().after({}, [pass] { pass->next(); });
        return;
    }
    pass->next();
}

void send(Client& client, const PreparedWrite& write, const Ask& ask, Done done) {
    if (write.nothing_to_do()) {
        client.scheduler().after({}, [done = std::move(done)] { done(Reply{}); });
        return;
    }
    if (write.withheld && write.body.empty()) {
        client.scheduler().after({}, [done = std::move(done), what = write.what] {
            done(fail(ErrorCode::refused, "the body of this write held secrets and was not stored", what,
                      "prepare it again"));
        });
        return;
    }
    client.request(
        write.method, write.path, write.content_type, write.body, ask,
        [&client, write, ask, done = std::move(done)](Result<Reply> reply) {
            if (reply || !may_be_conflict(reply.error(), write)) {
                // A delete whose object is gone meanwhile has what it wants.
                const bool gone = !reply && reply.error().code == ErrorCode::not_found && write.method == "DELETE";
                done(gone ? Result<Reply>(Reply{}) : std::move(reply));
                return;
            }
            client.request(
                "GET", write.object_path, {}, {}, ask.numbered("#why"),
                [write, done, error = reply.error()](Result<Reply> now) {
                    const bool absent = !now && now.error().code == ErrorCode::not_found;
                    done(tl::unexpected(now || absent ? explained(error, write, now ? now->object : Json()) : error));
                });
        });
}

const char* name(Match match) {
    switch (match) {
    case Match::matches:
        return "matches";
    case Match::differs:
        return "differs";
    case Match::unknown:
        return "unknown";
    }
    return "";
}

ReadBack compare(const PreparedWrite& write, const Json& found) {
    const auto fits = [&](const Json& shape) {
        return shape.is_null() ? found.is_null() || (!write.uid.empty() && uid_of(found) != write.uid)
                               : !found.is_null() && differences(shape, found).empty();
    };
    ReadBack result;
    result.as_expected_before = !write.nothing_to_do() && fits(write.expected);
    if (fits(write.desired)) {
        result.match = write.withheld ? Match::unknown : Match::matches;
        result.detail = write.withheld ? "the secret values that were written can't be compared" : "";
        return result;
    }
    result.match = Match::differs;
    result.detail = found.is_null()           ? "the object is not there"
                    : write.desired.is_null() ? "the object is still there"
                                              : to_text(differences(write.desired, found));
    return result;
}

void read_back(Client& client, const PreparedWrite& write, const Ask& ask, std::function<void(ReadBack)> done) {
    client.request("GET", write.object_path, {}, {}, ask, [write, done = std::move(done)](Result<Reply> reply) {
        if (!reply && reply.error().code != ErrorCode::not_found) {
            done(ReadBack{Match::unknown, to_text(reply.error()), false});
            return;
        }
        try {
            done(compare(write, reply ? reply->object : Json()));
        } catch (const Json::exception& error) {
            done(ReadBack{Match::unknown, std::string("the object is not as the API describes it: ") + error.what(),
                          false});
        }
    });
}

} // namespace sluice::kubernetes
