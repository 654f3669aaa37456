/// Queries as plans hold them, over a few series of each kind.
#include "series/promql.h"
#include "fuzz/input.h"

using namespace sluice;
using namespace sluice::series;

namespace {

SeriesStore filled() {
    SeriesStore store;
    for (int i = 0; i < 20; ++i) {
        const Nanos at = seconds(15 * i);
        store.append({{"__name__", "a"}, {"arm", "blue"}}, at, i % 7);
        store.append({{"__name__", "a"}, {"arm", "green"}}, at, i * 3.5);
        store.append({{"__name__", "b"}, {"arm", "green"}, {"pod", "1"}}, at, i % 3 ? i : 0.0 / 1);
        for (const char* bound : {"0.1", "1", "+Inf"}) {
            store.append({{"__name__", "h_bucket"}, {"le", bound}}, at, i * (bound[0] == '+' ? 3 : 2));
        }
    }
    return store;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const SeriesStore store = filled();
    if (const auto query = promql::parse(fuzz::text(data, size))) {
        static_cast<void>(promql::evaluate(*query, store, seconds(290)));
    }
    return 0;
}
