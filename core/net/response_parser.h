#pragma once
#include "net/http.h"

namespace sluice::net {

/// Reads one HTTP/1.x answer (RFC 9112) from bytes as they come. Interim answers (1xx) are passed over. Pure.
///
/// Errors are `corrupt`, without `where`: not HTTP, over the budget, lengths that contradict each other.
class ResponseParser {
public:
    /// `method` of the request: an answer to HEAD has no body. `budget` in bytes of body.
    ResponseParser(std::string_view method, std::size_t budget);

    /// True when the answer is complete; what follows is ignored.
    Result<bool> feed(std::string_view bytes);

    /// The connection was closed. True when that completes the answer (a body without length).
    bool end();

    bool begun() const { return !pending_.empty() || state_ != State::status; }
    HttpResponse take() { return std::move(response_); }

private:
    enum class State {
        status,
        headers,
        body_of_length,
        body_until_end,
        chunk_size,
        chunk,
        chunk_end,
        trailers,
        complete
    };

    Result<bool> line(std::string_view text);
    Result<bool> status_line(std::string_view text);
    Result<bool> header_line(std::string_view text);
    Result<bool> headers_end();
    Result<bool> chunk_line(std::string_view text);
    Result<bool> body(std::string_view bytes, std::size_t& used);

    bool head_request_;
    std::size_t budget_;
    State state_ = State::status;
    std::size_t head_size_ = 0;
    std::size_t remaining_ = 0;
    std::string pending_; ///< the beginning of a line
    HttpResponse response_;
};

} // namespace sluice::net
