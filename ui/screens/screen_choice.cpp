#include "screens/screen_choice.h"

#include <QGuiApplication>
#include <QScreen>

namespace sluice::screens {

Result<int> screen_index(const QString& wish, const QStringList& names) {
    bool is_number = false;
    const int number = wish.trimmed().toInt(&is_number);
    if (is_number && number >= 1 && number <= names.size()) {
        return number - 1;
    }
    for (qsizetype i = 0; i < names.size(); ++i) {
        if (names[i].compare(wish.trimmed(), Qt::CaseInsensitive) == 0) {
            return static_cast<int>(i);
        }
    }
    QStringList there;
    for (qsizetype i = 0; i < names.size(); ++i) {
        there << QStringLiteral("%1 (%2)").arg(i + 1).arg(names[i]);
    }
    return fail(ErrorCode::bad_input, "there is no screen '" + wish.toStdString() + "'", "--screen",
                "there are: " + there.join(QStringLiteral(", ")).toStdString());
}

QString screen_words(int index, const QScreen& screen) {
    return QStringLiteral("%1  %2, %3×%4")
        .arg(index + 1)
        .arg(screen.name())
        .arg(screen.size().width())
        .arg(screen.size().height());
}

Result<QScreen*> choose_screen(const QString& wish, QScreen* ours) {
    const auto screens = QGuiApplication::screens();
    if (wish.isEmpty()) {
        for (QScreen* one : screens) {
            if (one != ours) {
                return one;
            }
        }
        return screens.front();
    }
    QStringList names;
    for (const QScreen* one : screens) {
        names << one->name();
    }
    const auto index = screen_index(wish, names);
    return index ? Result<QScreen*>(screens[*index]) : failed(index);
}

} // namespace sluice::screens
