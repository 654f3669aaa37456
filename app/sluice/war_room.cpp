#include "war_room.h"

#include "host/user.h"
#include "net/local_socket.h"
#include "screens/screen_choice.h"
#include "screens/wall_follower.h"
#include "story/file_source.h"
#include "theme/apply.h"

#include <QApplication>
#include <QSettings>
#include <cctype>
#include <cstdio>
#include <filesystem>

using sluice::Error;
using sluice::ErrorCode;

namespace {

/// "10.0.0.7:7700", "desk.example.com:7700", "https://…": no file has such a name by accident.
bool is_address(const std::string& text) {
    const auto colon = text.rfind(':');
    return text.find("://") != std::string::npos ||
           (colon != std::string::npos && colon != 0 && colon + 1 < text.size() &&
            text.find_first_not_of("0123456789", colon + 1) == std::string::npos);
}

void wear_the_scheme(const Arguments& arguments) {
    const QString kept = QSettings().value("scheme").toString();
    const QString wanted = arguments.theme.empty() ? kept : QString::fromStdString(arguments.theme);
    // A wall is dark unless somebody wants it light: it is looked at from afar.
    sluice::theme::apply(*static_cast<QApplication*>(QApplication::instance()),
                         wanted == "light" ? sluice::theme::Scheme::light : sluice::theme::Scheme::dark);
}

} // namespace

QStringList charts_of(const Arguments& arguments) {
    QStringList charts;
    for (const auto& chart : arguments.charts) {
        charts << QString::fromStdString(chart);
    }
    return charts;
}

int complain(const Error& error) {
    std::fprintf(stderr, "sluice: %s\n", sluice::to_text(error).c_str());
    return error.code == ErrorCode::bad_input || error.code == ErrorCode::refused ? 2 : 3;
}

std::optional<Error> war_room_refusal(const std::string& session) {
    std::error_code ignored;
    if (session.empty() || std::filesystem::is_regular_file(session, ignored)) {
        return std::nullopt;
    }
    if (is_address(session)) {
        return Error{ErrorCode::bad_input, "a session can't be followed over the network yet", "--war-room " + session,
                     "name the session's file, on the machine that runs it or on a folder shared with it"};
    }
    return Error{ErrorCode::bad_input, "there is no such session", "--war-room " + session,
                 "name the session's file; 'sluice' lists those that there are"};
}

int show_war_room(QApplication& application, const Arguments& arguments) {
    const auto paths = sluice::host::own_paths();
    if (!paths) {
        return complain(paths.error());
    }
    const auto screen = sluice::screens::choose_screen(QString::fromStdString(arguments.screen), nullptr);
    if (!screen) {
        return complain(screen.error());
    }
    wear_the_scheme(arguments);
    QApplication::setQuitOnLastWindowClosed(false); // the follower says when it is over
    const std::filesystem::path file = std::filesystem::absolute(arguments.war_room);
    sluice::screens::WallFollower wall(std::make_unique<sluice::story::FileSource>(file),
                                       [socket = sluice::host::socket_of(*paths, file).string()] {
                                           return sluice::net::CommandClient::connect(socket).has_value();
                                       });
    wall.ask_for_tiles(charts_of(arguments));
    int code = 0;
    QObject::connect(&wall, &sluice::screens::WallFollower::failed, &application, [&](const Error& error) {
        code = complain(error);
        QApplication::exit(code);
    });
    QObject::connect(&wall, &sluice::screens::WallFollower::closed, &application, &QApplication::quit);
    wall.open(**screen);
    QApplication::exec();
    return code;
}
