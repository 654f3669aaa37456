/// A Kafka client's properties file, as somebody else wrote it.
#include "kafka/client_file.h"
#include "fuzz/input.h"

using namespace sluice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto read = kafka::read_client_file(fuzz::text(data, size), "client.properties");
    if (!read) {
        fuzz::must(read.error().code == ErrorCode::bad_input);
        fuzz::must(!read.error().remedy.empty());
        fuzz::must(read.error().where.starts_with("client.properties"));
    }
    return 0;
}
