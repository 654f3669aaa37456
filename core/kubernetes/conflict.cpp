#include "kubernetes/conflict.h"

#include "kubernetes/prepared_write.h"
#include "kubernetes/shape.h"

#include <fmt/format.h>

namespace sluice::kubernetes {
namespace {

/// Does a fieldsV1 tree own the pointer? Its keys are "f:name" for fields and `k:{"name":"app"}` for list elements.
bool owns(const Json& fields, std::string_view pointer) {
    const Json* at = &fields;
    while (!pointer.empty()) {
        const bool element = pointer.front() == '[';
        const auto end = element ? pointer.find(']') + 1 : std::min(pointer.find_first_of("/[", 1), pointer.size());
        const std::string token(element ? pointer.substr(1, end - 2) : pointer.substr(1, end - 1));
        pointer.remove_prefix(end);
        const auto found = at->find(element ? "k:" + Json{{"name", token}}.dump() : "f:" + token);
        if (found == at->end()) {
            // Lists that are one field (an Ingress's rules) are owned as a whole.
            return at != &fields && at->empty();
        }
        at = &*found;
    }
    return true;
}

} // namespace

Author last_author(const Json& object, std::string_view pointer) {
    Author owner;
    Author any;
    for (const Json& entry : object.value("/metadata/managedFields"_json_pointer, Json::array())) {
        const Author author{entry.value("manager", ""), entry.value("time", "")};
        if (author.manager == field_manager || entry.value("subresource", "") == "status") {
            continue;
        }
        if (author.time >= any.time) {
            any = author;
        }
        if (owns(entry.value("fieldsV1", Json::object()), pointer) && author.time >= owner.time) {
            owner = author;
        }
    }
    return owner.manager.empty() ? any : owner;
}

Error explained(Error error, const PreparedWrite& write, const Json& now) {
    if (now.is_null()) {
        if (write.expected.is_null()) {
            return error;
        }
        return {ErrorCode::conflict, write.what + ": the object was deleted meanwhile", error.where,
                "look who deleted it before going on"};
    }
    const std::string uid = now.value("/metadata/uid"_json_pointer, "");
    std::string what;
    std::string first_place;
    if (write.expected.is_null()) {
        what = "the object was created meanwhile";
    } else if (!write.uid.empty() && uid != write.uid) {
        what = "the object was deleted and created again meanwhile";
    } else if (const auto changed = differences(write.expected, now); !changed.empty()) {
        what = "changed meanwhile: ";
        for (std::size_t i = 0; i < changed.size() && i < 4; ++i) {
            what += fmt::format("{}{} was {}, is {}", i == 0 ? "" : "; ", changed[i].pointer, changed[i].wanted,
                                changed[i].found);
        }
        first_place = changed.front().pointer;
    } else if (error.code == ErrorCode::conflict) {
        // Something else of the object moved on. An apply's conflict names its managers itself.
        if (write.method != "PATCH" || write.content_type == content_type(PatchKind::apply)) {
            return error;
        }
        what = "the object was changed meanwhile, though not in what is to be written";
    } else {
        return error; // 422 with every expectation met: the change itself is invalid
    }
    const Author author = last_author(now, first_place);
    if (!author.manager.empty()) {
        what += fmt::format(" (by {}{}{})", author.manager, author.time.empty() ? "" : " at ", author.time);
    }
    return {ErrorCode::conflict, write.what + ": " + what, error.where, "look at the change, then prepare this again"};
}

} // namespace sluice::kubernetes
