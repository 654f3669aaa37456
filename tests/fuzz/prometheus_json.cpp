/// What may come back for a query: from Prometheus, from what stands before it, from somebody else on that port.
#include "series/prometheus_json.h"
#include "fuzz/input.h"

using namespace sluice::series;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto answer = parse_prometheus_answer(fuzz::text(data, size), "fuzz");
    if (answer) {
        // What was understood is written and understood alike.
        const auto text = prometheus_success(answer->value);
        const auto again = parse_prometheus_answer(text, "again");
        fuzz::must(again && prometheus_success(again->value) == text);
    }
    return 0;
}
