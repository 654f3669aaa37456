#include "charts/metric_chooser.h"

#include "theme/tokens.h"

#include <QAccessible>
#include <QApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QScreen>
#include <QVBoxLayout>
#include <algorithm>

namespace sluice::charts {
namespace {

constexpr int wide = 440, most_rows = 14, row_high = 26;
constexpr int metric_role = Qt::UserRole, said_role = Qt::UserRole + 1;

} // namespace

bool matches(const MetricChoice& choice, const QString& typed) {
    const QString all = choice.title + u' ' + choice.metric + u' ' + choice.note;
    const auto words = typed.split(u' ', Qt::SkipEmptyParts);
    return std::all_of(words.begin(), words.end(),
                       [&](const QString& word) { return all.contains(word, Qt::CaseInsensitive); });
}

MetricChooser::MetricChooser(const std::vector<MetricChoice>& choices, const QString& now, QWidget* parent)
    : QFrame(parent, Qt::Popup), words_(new QLineEdit), list_(new QListWidget) {
    setAttribute(Qt::WA_DeleteOnClose);
    setFrameShape(QFrame::StyledPanel);
    setAccessibleName(tr("Choose the metric"));
    words_->setPlaceholderText(tr("Search: a part of its title, name or arm"));
    words_->setAccessibleName(tr("Search the metrics"));
    words_->installEventFilter(this);
    list_->setAccessibleName(tr("Metrics"));
    list_->setFocusPolicy(Qt::NoFocus); // the line keeps the keyboard
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setTextElideMode(Qt::ElideMiddle);
    const auto add = [&](const MetricChoice& choice) {
        const bool shown = !choice.metric.isEmpty() && choice.metric == now;
        const QString mark = shown ? QStringLiteral("✓ ") : QStringLiteral("   ");
        auto* item = new QListWidgetItem(
            mark + choice.title + (choice.note.isEmpty() ? QString() : QStringLiteral("  –  ") + choice.note), list_);
        item->setSizeHint({0, row_high});
        item->setToolTip(choice.metric);
        item->setData(metric_role, choice.metric);
        item->setData(said_role, QStringList{choice.title, choice.note});
        if (shown) {
            list_->setCurrentItem(item);
        }
    };
    for (const auto& choice : choices) {
        add(choice);
    }
    add({{}, tr("As the plan's gates and triggers say"), {}});
    if (list_->currentRow() < 0) {
        list_->setCurrentRow(0);
    }
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(theme::grid * 2, theme::grid * 2, theme::grid * 2, theme::grid * 2);
    rows->setSpacing(theme::grid * 2);
    rows->addWidget(words_);
    rows->addWidget(list_);
    list_->setFixedHeight(std::min(most_rows, list_->count()) * row_high + 2 * theme::grid);
    setFixedWidth(wide);
    connect(words_, &QLineEdit::textChanged, this, &MetricChooser::narrow);
    // The keyboard stays in the line: who can't see the list hears there which row Enter takes.
    const auto tell = [this] {
        const auto* item = list_->currentItem();
        words_->setAccessibleDescription(item ? item->data(said_role).toStringList().join(QStringLiteral(", "))
                                              : tr("Nothing is found"));
        QAccessibleEvent told(words_, QAccessible::DescriptionChanged);
        QAccessible::updateAccessibility(&told);
    };
    connect(list_, &QListWidget::currentRowChanged, this, tell);
    tell();
    connect(list_, &QListWidget::itemClicked, this, &MetricChooser::take);
}

void MetricChooser::open_at(const QRect& beside) {
    adjustSize();
    const QScreen* screen = QApplication::screenAt(beside.center());
    const QRect room = (screen ? screen : QApplication::primaryScreen())->availableGeometry();
    QPoint at = beside.bottomLeft() + QPoint(0, theme::grid);
    at.setX(std::clamp(at.x(), room.left(), std::max(room.left(), room.right() - width())));
    at.setY(std::clamp(at.y(), room.top(), std::max(room.top(), room.bottom() - height())));
    move(at);
    show();
    words_->setFocus(Qt::PopupFocusReason);
}

void MetricChooser::narrow() {
    int first = -1;
    for (int i = 0; i < list_->count(); ++i) {
        const auto* item = list_->item(i);
        const QStringList said = item->data(said_role).toStringList();
        const bool found = matches({item->data(metric_role).toString(), said[0], said[1]}, words_->text());
        list_->setRowHidden(i, !found);
        first = found && first < 0 ? i : first;
    }
    list_->setCurrentRow(first); // none: Enter takes nothing
}

void MetricChooser::take() {
    if (const auto* item = list_->currentItem()) {
        const QString metric = item->data(metric_role).toString();
        close();
        emit chosen(metric);
    }
}

bool MetricChooser::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        switch (key->key()) {
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_PageUp:
        case Qt::Key_PageDown:
            QApplication::sendEvent(list_, event); // it steps over what is hidden
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            take();
            return true;
        case Qt::Key_Escape:
            close();
            return true;
        default:
            break;
        }
    }
    return QFrame::eventFilter(watched, event);
}

} // namespace sluice::charts
