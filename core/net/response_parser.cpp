#include "net/response_parser.h"

#include "net/exchange.h"

#include <charconv>
#include <utility>

namespace sluice::net {
namespace {

constexpr std::size_t longest_head = 64u << 10;

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
        text.remove_suffix(1);
    }
    return text;
}

bool number(std::string_view text, int base, std::size_t& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    return error == std::errc() && end == text.data() + text.size();
}

tl::unexpected<Error> not_http(std::string why) {
    return fail(ErrorCode::corrupt, "the answer is not HTTP: " + why);
}

} // namespace

ResponseParser::ResponseParser(std::string_view method, std::size_t budget)
    : head_request_(method == "HEAD"), budget_(budget) {}

Result<bool> ResponseParser::feed(std::string_view bytes) {
    while (!bytes.empty() && state_ != State::complete) {
        if (state_ == State::body_of_length || state_ == State::body_until_end || state_ == State::chunk) {
            std::size_t used = 0;
            if (auto taken = body(bytes, used); !taken) {
                return taken;
            }
            bytes.remove_prefix(used);
            continue;
        }
        const std::size_t end = bytes.find('\n');
        head_size_ += end == std::string_view::npos ? bytes.size() : end + 1;
        if (head_size_ > longest_head + response_.body.size()) {
            return not_http("its head is longer than 64 KiB");
        }
        pending_ += bytes.substr(0, end);
        if (end == std::string_view::npos) {
            if (state_ == State::status && !std::string_view("HTTP/1.").starts_with(pending_.substr(0, 7))) {
                return not_http("it does not begin with HTTP/1");
            }
            return false;
        }
        bytes.remove_prefix(end + 1);
        const std::string whole = std::exchange(pending_, {});
        if (auto read = line(trimmed(whole)); !read) {
            return read;
        }
    }
    return state_ == State::complete;
}

bool ResponseParser::end() {
    if (state_ == State::body_until_end) {
        state_ = State::complete;
    }
    return state_ == State::complete;
}

Result<bool> ResponseParser::line(std::string_view text) {
    switch (state_) {
    case State::status:
        return status_line(text);
    case State::headers:
        return text.empty() ? headers_end() : header_line(text);
    case State::chunk_size:
        return chunk_line(text);
    case State::chunk_end:
        if (!text.empty()) {
            return not_http("a chunk is longer than it says");
        }
        state_ = State::chunk_size;
        return true;
    default: // trailers, which nobody reads
        state_ = text.empty() ? State::complete : State::trailers;
        return true;
    }
}

Result<bool> ResponseParser::status_line(std::string_view text) {
    std::size_t status = 0;
    const bool fits = text.size() >= 12 && (text.starts_with("HTTP/1.1 ") || text.starts_with("HTTP/1.0 ")) &&
                      number(text.substr(9, 3), 10, status) && status >= 100 && (text.size() == 12 || text[12] == ' ');
    if (!fits) {
        return not_http("its first line is no status line");
    }
    response_ = {};
    response_.status = static_cast<int>(status);
    state_ = State::headers;
    return true;
}

Result<bool> ResponseParser::header_line(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || text[colon - 1] == ' ') {
        return not_http("a line of its head is no header");
    }
    response_.headers.emplace_back(text.substr(0, colon), trimmed(text.substr(colon + 1)));
    return true;
}

Result<bool> ResponseParser::headers_end() {
    const int status = response_.status;
    if (status < 200) {
        state_ = State::status;
        return true;
    }
    if (head_request_ || status == 204 || status == 304) {
        state_ = State::complete;
        return true;
    }
    std::string_view length;
    bool chunked = false;
    for (const auto& [name, value] : response_.headers) {
        if (same_header(name, "Content-Length")) {
            if (!length.empty() && length != value) {
                return not_http("it has two lengths");
            }
            length = value;
        } else if (same_header(name, "Transfer-Encoding")) {
            if (!same_header(value, "chunked")) {
                return not_http("its transfer encoding is " + value);
            }
            chunked = true;
        }
    }
    if (chunked) {
        state_ = State::chunk_size;
    } else if (!length.empty()) {
        if (!number(length, 10, remaining_)) {
            return not_http("its length is no number");
        }
        if (remaining_ > budget_) {
            return fail(ErrorCode::corrupt, "the answer is over the budget of " + std::to_string(budget_) + " bytes");
        }
        state_ = remaining_ == 0 ? State::complete : State::body_of_length;
    } else {
        state_ = State::body_until_end;
    }
    return true;
}

Result<bool> ResponseParser::chunk_line(std::string_view text) {
    if (!number(trimmed(text.substr(0, text.find(';'))), 16, remaining_)) {
        return not_http("the length of a chunk is no number");
    }
    state_ = remaining_ == 0 ? State::trailers : State::chunk;
    return true;
}

Result<bool> ResponseParser::body(std::string_view bytes, std::size_t& used) {
    used = state_ == State::body_until_end ? bytes.size() : std::min(bytes.size(), remaining_);
    if (used > budget_ - response_.body.size()) {
        return fail(ErrorCode::corrupt, "the answer is over the budget of " + std::to_string(budget_) + " bytes");
    }
    response_.body += bytes.substr(0, used);
    if (state_ != State::body_until_end) {
        remaining_ -= used;
        if (remaining_ == 0) {
            state_ = state_ == State::chunk ? State::chunk_end : State::complete;
        }
    }
    return true;
}

} // namespace sluice::net
