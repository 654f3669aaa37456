#include "effects/write_sequence.h"

#include "kubernetes/status.h"

#include <fmt/format.h>

namespace sluice::effects {
namespace {

/// A rollback must not wait behind polls, so all that acts has connections of its own.
kubernetes::Ask acting(std::string key) {
    return {std::move(key), net::Pool::acting, seconds(10)};
}

struct ReadingBack : std::enable_shared_from_this<ReadingBack> {
    ReadingBack(kubernetes::Client& c, std::vector<kubernetes::PreparedWrite> w, std::string k)
        : client(c), writes(std::move(w)), key(std::move(k)) {}

    void next() {
        if (at == writes.size()) {
            done({Match::matches, {}, false});
            return;
        }
        kubernetes::read_back(client, writes[at], acting(fmt::format("{}#back{}", key, at + 1)),
                              [self = shared_from_this()](ReadBack back) {
                                  if (back.match != Match::matches) {
                                      back.detail = self->writes[self->at].what + ": " + back.detail;
                                      back.as_expected_before = back.as_expected_before && self->at == 0;
                                      self->done(std::move(back));
                                      return;
                                  }
                                  ++self->at;
                                  self->next();
                              });
    }

    kubernetes::Client& client;
    std::vector<kubernetes::PreparedWrite> writes;
    std::string key;
    std::size_t at = 0;
    std::function<void(ReadBack)> done;
};

} // namespace

WriteSequence::WriteSequence(kubernetes::Client& client, std::vector<kubernetes::PreparedWrite> writes, std::string key,
                             EffectSink sink)
    : client_(client), writes_(std::move(writes)), key_(std::move(key)), sink_(std::move(sink)) {}

void WriteSequence::start(Finished finished) {
    finished_ = std::move(finished);
    client_.scheduler().after(
        {}, [self = shared_from_this()] { self->next(); }); // `settled` never comes from within `start`
}

Json WriteSequence::sent() const {
    Json lines = Json::array();
    for (std::size_t i = 0; i < at_; ++i) {
        lines.push_back(writes_[i].what);
    }
    return lines;
}

void WriteSequence::next() {
    if (at_ == writes_.size()) {
        finished_({Ending::done, sent(), {}});
        return;
    }
    if (cancelled_) {
        finished_({Ending::failed,
                   sent(),
                   {ErrorCode::refused,
                    fmt::format("cancelled after {} of {} writes", at_, writes_.size()),
                    writes_[at_].what,
                    {}}});
        return;
    }
    const auto& write = writes_[at_];
    kubernetes::send(client_, write, acting(fmt::format("{}#write{}", key_, at_ + 1)),
                     [self = shared_from_this()](Result<kubernetes::Reply> reply) {
                         const auto& sent = self->writes_[self->at_];
                         if (!reply) {
                             const Ending ending =
                                 kubernetes::may_have_happened(reply.error()) ? Ending::unknown : Ending::failed;
                             self->finished_({ending, self->sent(), reply.error()});
                             return;
                         }
                         if (self->sink_.output) {
                             self->sink_.output(sent.what + "\n");
                         }
                         ++self->at_;
                         self->next();
                     });
}

Json to_json(const std::vector<kubernetes::PreparedWrite>& writes) {
    Json list = Json::array();
    for (const auto& write : writes) {
        list.push_back(write.to_json());
    }
    return list;
}

Result<std::vector<kubernetes::PreparedWrite>> writes_from(const Json& stored) {
    std::vector<kubernetes::PreparedWrite> writes;
    for (const Json& one : stored) {
        auto write = kubernetes::PreparedWrite::from_json(one);
        if (!write) {
            return failed(write);
        }
        writes.push_back(std::move(*write));
    }
    return writes;
}

void read_back_all(kubernetes::Client& client, std::vector<kubernetes::PreparedWrite> writes, std::string key,
                   std::function<void(ReadBack)> done) {
    auto reading = std::make_shared<ReadingBack>(client, std::move(writes), std::move(key));
    reading->done = std::move(done);
    client.scheduler().after({}, [reading] { reading->next(); });
}

} // namespace sluice::effects
