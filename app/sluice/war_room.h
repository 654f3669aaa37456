#pragma once
#include "arguments.h"
#include "base/result.h"

#include <QStringList>
#include <optional>

class QApplication;

/// Prints "sluice: where: what (remedy)" and gives the exit code of that kind of error.
int complain(const sluice::Error& error);

/// What `--chart` names, by place.
QStringList charts_of(const Arguments& arguments);

/// Why the session of `--war-room` can't be shown, as far as that can be said without a display: a file that is not
/// there, or an address. Empty = it can, or none was asked for.
std::optional<sluice::Error> war_room_refusal(const std::string& session);

/// `sluice --war-room SESSION`: the wall alone. Ends with the wall; exit code of the program.
int show_war_room(QApplication& application, const Arguments& arguments);
