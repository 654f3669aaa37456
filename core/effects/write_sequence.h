#pragma once
#include "effects/effect.h"
#include "kubernetes/prepared_write.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sluice::effects {

/// Sends prepared writes one after the other; the first that fails ends it. Kept alive by its callbacks; `finished`
/// comes once.
class WriteSequence : public std::enable_shared_from_this<WriteSequence> {
public:
    struct End {
        Ending ending = Ending::unknown;
        Json sent; ///< what was carried out (or had nothing to do), a line a write
        Error error;
    };
    using Finished = std::function<void(End)>;

    WriteSequence(kubernetes::Client& client, std::vector<kubernetes::PreparedWrite> writes, std::string key,
                  EffectSink sink);
    void start(Finished finished);
    void cancel() { cancelled_ = true; } ///< no further write; the one in flight is waited for

private:
    void next();
    Json sent() const;

    kubernetes::Client& client_;
    std::vector<kubernetes::PreparedWrite> writes_;
    std::string key_;
    EffectSink sink_;
    Finished finished_;
    std::size_t at_ = 0;
    bool cancelled_ = false;
};

Json to_json(const std::vector<kubernetes::PreparedWrite>& writes);
Result<std::vector<kubernetes::PreparedWrite>> writes_from(const Json& stored);

/// Reads every write's object back; the first that differs or is not known is the answer.
void read_back_all(kubernetes::Client& client, std::vector<kubernetes::PreparedWrite> writes, std::string key,
                   std::function<void(ReadBack)> done);

} // namespace sluice::effects
