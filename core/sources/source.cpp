#include "sources/source.h"

namespace sluice::sources {

void Source::past(const series::promql::Instants& /*instants*/, Nanos /*timeout*/, std::string /*key*/, Past done) {
    done(fail(ErrorCode::refused, "it can't say what was before it was asked", "", "a Prometheus can"));
}

} // namespace sluice::sources
