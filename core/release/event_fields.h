#pragma once
/// The fields of each event type, by name: what reads, writes or lists them visits these.
#include "release/event.h"

namespace sluice::release {

/// Called once a field. Plain virtual calls, not templates: there are many types and nine kinds of field.
class Fields {
public:
    virtual ~Fields() = default;
    virtual void operator()(const char* name, std::string& value) = 0;
    virtual void operator()(const char* name, bool& value) = 0;
    virtual void operator()(const char* name, int& value) = 0;
    virtual void operator()(const char* name, std::int64_t& value) = 0;
    virtual void operator()(const char* name, Nanos& value) = 0;
    virtual void operator()(const char* name, Actor& value) = 0;
    virtual void operator()(const char* name, std::vector<std::string>& value) = 0;
    virtual void operator()(const char* name, std::map<std::string, std::string>& value) = 0;
    virtual void operator()(const char* name, Json& value) = 0;
};

void visit_fields(Body& body, Fields& fields);

} // namespace sluice::release
