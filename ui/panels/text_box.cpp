#include "panels/text_box.h"

#include "theme/roles.h"

#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace sluice::panels {

TextBox::TextBox(const QString& accessible_name, int most_lines, QWidget* parent)
    : QPlainTextEdit(parent), most_lines_(most_lines) {
    setAccessibleName(accessible_name);
    setReadOnly(true);
    setTabChangesFocus(true);
    setFocusPolicy(most_lines > 4 ? Qt::StrongFocus : Qt::ClickFocus); // what doesn't scroll needs no stop of Tab
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    theme::set_role(this, "code");
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    document()->setDocumentMargin(2);
    hide();
}

void TextBox::show_text(const QString& printed) {
    const QString text = printed.endsWith(u'\n') ? printed.chopped(1) : printed;
    if (text == text_) {
        return;
    }
    const bool at_end = verticalScrollBar()->value() >= verticalScrollBar()->maximum() - 1;
    if (!text_.isEmpty() && text.startsWith(text_)) {
        QTextCursor cursor(document());
        cursor.movePosition(QTextCursor::End);
        cursor.insertText(text.mid(text_.size()));
    } else {
        setPlainText(text);
    }
    text_ = text;
    setVisible(!text.isEmpty());
    measure();
    if (at_end) {
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
    }
}

void TextBox::set_most_lines(int lines) {
    if (lines != most_lines_) {
        most_lines_ = lines;
        measure();
    }
}

QSize TextBox::sizeHint() const {
    ensurePolished();
    return {480, std::max(1, lines_) * QFontMetrics(font()).lineSpacing() + 18};
}

void TextBox::resizeEvent(QResizeEvent* event) {
    QPlainTextEdit::resizeEvent(event);
    measure();
}

void TextBox::measure() {
    const int lines =
        std::clamp(static_cast<int>(std::ceil(document()->size().height())), 1, most_lines_); // its unit is lines
    setVerticalScrollBarPolicy(document()->size().height() > most_lines_ ? Qt::ScrollBarAsNeeded
                                                                         : Qt::ScrollBarAlwaysOff);
    if (lines != lines_) {
        lines_ = lines;
        updateGeometry();
    }
}

} // namespace sluice::panels
