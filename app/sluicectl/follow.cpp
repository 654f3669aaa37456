#include "sluicectl/follow.h"

#include "session/session_reader.h"
#include "sluicectl/progress.h"
#include "sluicectl/session_file.h"
#include "sluicectl/verbs.h"

#include <QCoreApplication>
#include <QTimer>

namespace sluicectl {

using namespace sluice;

Result<Json> send_command(const host::StartOptions& who, const std::string& session, const release::Command& command) {
    auto client = net::CommandClient::connect(host::socket_of(who.paths, session).string());
    if (!client) {
        return failed(client);
    }
    Json request = release::to_json(command);
    request["by"] = {{"name", who.by.name}, {"role", who.by.role}};
    auto reply = client->request(request);
    if (!reply) {
        return failed(reply);
    }
    if (reply->contains("error")) {
        const Json& error = (*reply)["error"];
        return fail(ErrorCode::refused, error.value("what", ""), error.value("where", ""), error.value("remedy", ""));
    }
    return std::move(*reply);
}

Result<std::string> follow_until_closed(const host::StartOptions& who, const std::string& session, std::int64_t from,
                                        bool quiet) {
    Progress progress(false);
    release::Release release;
    Result<std::string> outcome = std::string();
    QTimer timer;
    timer.setInterval(250);
    timer.callOnTimeout([&] {
        // Asked before the file is read: who has closed it and gone is not missed.
        const bool owned = net::CommandClient::connect(host::socket_of(who.paths, session).string()).has_value();
        const auto read = read_session(session); // opened and closed each time, so that the owner can close its file
        if (!read) {
            outcome = failed(read);
            QCoreApplication::quit();
            return;
        }
        std::vector<release::Event> fresh;
        for (const auto& event : read->events) {
            if (event.seq > release.seq) {
                release::apply(release, event);
                if (event.seq >= from) {
                    fresh.push_back(event);
                }
            }
        }
        if (!quiet) {
            progress.show(release, fresh);
        }
        if (release.closed()) {
            outcome = release.outcome;
            QCoreApplication::quit();
        } else if (!owned) {
            outcome = fail(ErrorCode::unreachable, "the program that owned this session ended before it was closed",
                           session, "'sluicectl resume' takes it up and goes on with the rollback");
            QCoreApplication::quit();
        }
    });
    timer.start();
    QCoreApplication::exec();
    return outcome;
}

} // namespace sluicectl
