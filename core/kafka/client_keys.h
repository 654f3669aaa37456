#pragma once
#include <string>
#include <string_view>

namespace sluice::kafka {

/// What becomes of a key of a client's properties file.
struct KeyUse {
    enum class Kind {
        librdkafka, ///< its own, or unknown to both: librdkafka decides
        renamed,    ///< goes to librdkafka as `words`
        together,   ///< read together with others: a store with its type, a login
        left_out,   ///< of no matter to who reads offsets
        warned,     ///< left out, and `words` say so
        refused,    ///< can't be honoured; `words` are the remedy
    };
    Kind kind = Kind::librdkafka;
    std::string_view words;
};

/// Pure.
KeyUse use_of(std::string_view key);

} // namespace sluice::kafka
