#include "range/control.h"

#include "range/http_server.h"

namespace sluice::range {
namespace {

constexpr std::string_view steps = "/steps/";

Answer told(const Result<void>& result) {
    return result ? text_answer(204, "") : text_answer(422, to_text(result.error()) + "\n");
}

Answer handle(Range& range, const Asked& asked) {
    const bool get = asked.method == "GET";
    const bool post = asked.method == "POST";
    if (get && asked.path == "/addresses") {
        return json_answer(200, to_json(range.addresses()).dump());
    }
    if (get && asked.path == "/writes") {
        std::string text;
        for (const Written& written : range.writes().all()) {
            text += to_text(written) + "\n";
        }
        return text_answer(200, text);
    }
    if (post && asked.path.starts_with(steps)) {
        range.step_started(percent_decoded(std::string_view(asked.path).substr(steps.size())));
        return text_answer(204, "");
    }
    if (post && asked.path == "/manifests") {
        return told(range.apply_manifest(asked.body, "the manifest sent"));
    }
    if (post && asked.path == "/removals") {
        return told(range.remove(asked.body));
    }
    return text_answer(404, "no such path\n");
}

} // namespace

class Control::Impl {
public:
    Impl(Scheduler& scheduler, Range& range)
        : server(scheduler, [&range](const Asked& asked) { return handle(range, asked); }) {}
    HttpServer server;
};

Control::Control(Scheduler& scheduler, Range& range) : impl_(std::make_unique<Impl>(scheduler, range)) {}
Control::~Control() = default;

Result<void> Control::listen(std::uint16_t port) {
    return impl_->server.listen(port);
}
std::string Control::url() const {
    return impl_->server.url();
}

} // namespace sluice::range
