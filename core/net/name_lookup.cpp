#include "net/name_lookup.h"

#include <QMetaObject>
#include <QUrl>
#include <algorithm>
#include <arpa/inet.h>
#include <fmt/format.h>
#include <mutex>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <system_error>
#include <thread>

namespace sluice::net {
namespace {

using Addresses = std::vector<std::string>;

constexpr int most_at_work = 16;

std::string text_of(const addrinfo& one) {
    char text[INET6_ADDRSTRLEN] = {};
    if (one.ai_family == AF_INET) {
        const auto* address = reinterpret_cast<const sockaddr_in*>(one.ai_addr);
        inet_ntop(AF_INET, &address->sin_addr, text, sizeof text);
    } else if (one.ai_family == AF_INET6) {
        const auto* address = reinterpret_cast<const sockaddr_in6*>(one.ai_addr);
        inet_ntop(AF_INET6, &address->sin6_addr, text, sizeof text);
    }
    return text;
}

Result<Addresses> resolve(const std::string& name, AddressFamily family) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM; // each address once
    // Who names a kind wants to know what the name has, not what this machine can use.
    hints.ai_flags = family == AddressFamily::any ? AI_ADDRCONFIG : 0;
    hints.ai_family = family == AddressFamily::any ? AF_UNSPEC : family == AddressFamily::a ? AF_INET : AF_INET6;
    addrinfo* found = nullptr;
    const int error = getaddrinfo(name.c_str(), nullptr, &hints, &found);
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(found, [](addrinfo* list) {
        if (list != nullptr) {
            freeaddrinfo(list);
        }
    });
    Addresses addresses;
    for (const addrinfo* one = error == 0 ? all.get() : nullptr; one != nullptr; one = one->ai_next) {
        if (auto text = text_of(*one); !text.empty()) {
            addresses.push_back(std::move(text));
        }
    }
    std::sort(addresses.begin(), addresses.end());
    addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
    if (!addresses.empty()) {
        return addresses;
    }
    if (error == 0 || error == EAI_NONAME || error == EAI_NODATA || error == EAI_ADDRFAMILY) {
        return fail(ErrorCode::not_found, family == AddressFamily::any ? "there is no such name"
                                          : family == AddressFamily::a ? "this name has no IPv4 address"
                                                                       : "this name has no IPv6 address");
    }
    return fail(ErrorCode::unreachable, fmt::format("the resolver could not tell ({})", gai_strerror(error)), {},
                "is this desk's DNS server there? Ask again");
}

} // namespace

/// What the threads have in common with the lookup, which they may outlive.
struct NameLookup::Way {
    std::mutex mutex;
    NameLookup* home = nullptr; ///< null: it is gone
    int at_work = 0;
};

NameLookup::NameLookup() : way_(std::make_shared<Way>()) {
    way_->home = this;
}

NameLookup::~NameLookup() {
    const std::lock_guard lock(way_->mutex);
    way_->home = nullptr;
}

void NameLookup::ask(const std::string& name, AddressFamily family, Done done) {
    const auto id = ++last_;
    asked_.emplace(id, std::move(done));
    const auto later = [this, id](Error error) {
        QMetaObject::invokeMethod(
            &home_, [this, id, error = std::move(error)] { answer(id, tl::unexpected(error)); }, Qt::QueuedConnection);
    };
    {
        const std::lock_guard lock(way_->mutex);
        if (way_->at_work >= most_at_work) {
            later({ErrorCode::unreachable, fmt::format("the resolver owes {} answers already", most_at_work), {}, {}});
            return;
        }
        ++way_->at_work;
    }
    const QByteArray ascii = QUrl::toAce(QString::fromStdString(name)); // empty for what is an address
    try {
        std::thread([way = way_, id, family, asked = ascii.isEmpty() ? name : ascii.toStdString()] {
            auto found = resolve(asked, family);
            const std::lock_guard lock(way->mutex);
            --way->at_work;
            if (auto* home = way->home) {
                QMetaObject::invokeMethod(
                    &home->home_, [home, id, found = std::move(found)] { home->answer(id, found); },
                    Qt::QueuedConnection);
            }
        }).detach();
    } catch (const std::system_error& error) {
        const std::lock_guard lock(way_->mutex);
        --way_->at_work;
        later({ErrorCode::unreachable, std::string("no thread could be begun: ") + error.what(), {}, {}});
    }
}

void NameLookup::answer(std::uint64_t id, Result<std::vector<std::string>> found) {
    if (auto asked = asked_.extract(id)) {
        asked.mapped()(std::move(found));
    }
}

} // namespace sluice::net
