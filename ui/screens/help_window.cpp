#include "screens/help_window.h"

#include "theme/roles.h"
#include "theme/tokens.h"

#include <QAction>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QRegularExpression>
#include <QSplitter>
#include <QTextBlock>
#include <QTextBrowser>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextList>
#include <QTextTable>
#include <QVBoxLayout>
#include <algorithm>

namespace sluice::screens {
namespace {

constexpr int name_role = Qt::UserRole, line_wide = 760; ///< pixels of a line that is read with ease

/// Markdown comes without measures: Qt 6.4 knows no style sheet for it.
void set_measures(QTextDocument& document) {
    const auto& t = theme::tokens();
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        QTextBlockFormat format = block.blockFormat();
        const bool heading = format.headingLevel() > 0;
        const bool in_table = QTextCursor(block).currentTable() != nullptr;
        format.setLineHeight(in_table ? 115 : 135, QTextBlockFormat::ProportionalHeight);
        format.setTopMargin(heading && format.headingLevel() > 1 ? 18 : 0);
        format.setBottomMargin(in_table ? 0 : block.textList() != nullptr ? 3 : 8);
        QTextCursor(block).setBlockFormat(format);
        std::vector<std::pair<int, int>> code; // a fragment does not outlive a change
        for (auto part = block.begin(); !part.atEnd(); ++part) {
            if (part.fragment().charFormat().fontFixedPitch()) {
                code.emplace_back(part.fragment().position(), part.fragment().length());
            }
        }
        for (const auto& [position, length] : code) {
            QTextCursor cursor(&document);
            cursor.setPosition(position);
            cursor.setPosition(position + length, QTextCursor::KeepAnchor);
            QTextCharFormat look;
            look.setFont(theme::figure_font(12), QTextCharFormat::FontPropertiesSpecifiedOnly);
            look.setForeground(t.accent);
            cursor.mergeCharFormat(look);
        }
    }
    for (QTextFrame* frame : document.rootFrame()->childFrames()) {
        if (auto* table = qobject_cast<QTextTable*>(frame)) {
            QTextTableFormat format = table->format();
            format.setBorderCollapse(true);
            format.setBorderBrush(t.line);
            format.setBorderStyle(QTextFrameFormat::BorderStyle_Solid);
            format.setCellPadding(6);
            format.setBottomMargin(10);
            table->setFormat(format);
        }
    }
}

/// The line in which all words are found first; empty = the page has them not. Case does not matter.
QString found_in(const ManualPage& page, const QString& words) {
    const QStringList wanted = words.simplified().split(' ');
    const bool all = std::all_of(wanted.begin(), wanted.end(),
                                 [&](const QString& word) { return page.text.contains(word, Qt::CaseInsensitive); });
    if (!all) {
        return {};
    }
    for (const QString& line : page.text.split('\n')) {
        if (line.contains(wanted.front(), Qt::CaseInsensitive)) {
            QString shown = line.trimmed();
            shown.remove(QRegularExpression(QStringLiteral("[*`#|]")));
            return shown.simplified();
        }
    }
    return page.title;
}

} // namespace

std::vector<ManualPage> manual_pages() {
    std::vector<ManualPage> pages;
    const QDir folder(QStringLiteral(":/manual"));
    for (const QString& file : folder.entryList({"*.md"}, QDir::Files, QDir::Name)) {
        QFile opened(folder.filePath(file));
        if (!opened.open(QIODevice::ReadOnly)) {
            continue;
        }
        ManualPage page;
        page.text = QString::fromUtf8(opened.readAll());
        page.name = file.section('.', 0, 0).section('-', 1);
        page.title = page.text.section('\n', 0, 0).remove('#').trimmed();
        pages.push_back(std::move(page));
    }
    return pages;
}

QStringList keys_named(const QString& markdown) {
    static const QRegularExpression key(QStringLiteral("\\*\\*`([^`]+)`\\*\\*"));
    QStringList keys;
    for (auto found = key.globalMatch(markdown); found.hasNext();) {
        keys << found.next().captured(1);
    }
    keys.removeDuplicates();
    return keys;
}

HelpWindow::HelpWindow(QWidget* parent)
    : QWidget(parent, Qt::Window), pages_(manual_pages()), words_(new QLineEdit), contents_(new QListWidget),
      page_(new QTextBrowser) {
    setWindowTitle(tr("Manual – Sluice"));
    setAttribute(Qt::WA_StyledBackground);
    theme::set_role(this, "bar");
    resize(1120, 760);
    words_->setPlaceholderText(tr("Search the manual"));
    words_->setAccessibleName(tr("Search the manual"));
    words_->setClearButtonEnabled(true);
    contents_->setAccessibleName(tr("Contents"));
    contents_->setFrameShape(QFrame::NoFrame);
    contents_->setWordWrap(true);
    contents_->setSpacing(2);
    page_->setAccessibleName(tr("Page"));
    page_->setFrameShape(QFrame::NoFrame);
    page_->setOpenLinks(false);
    page_->setStyleSheet(QStringLiteral("QTextBrowser { background: transparent; border: none; padding: 8px; }"));
    page_->document()->setDocumentMargin(16);
    page_->setLineWrapMode(QTextEdit::FixedPixelWidth);
    page_->setLineWrapColumnOrWidth(line_wide);
    connect(page_, &QTextBrowser::anchorClicked, this, [this](const QUrl& link) {
        if (link.path().isEmpty()) {
            show_heading(link.fragment());
            return;
        }
        show_page(link.path().section('.', 0, 0).section('-', 1)); // "06-war-room.md", as it is named in the repository
    });
    connect(contents_, &QListWidget::currentRowChanged, this, &HelpWindow::open_row);
    connect(words_, &QLineEdit::textChanged, this, &HelpWindow::list_pages);
    connect(words_, &QLineEdit::returnPressed, contents_, [this] { contents_->setFocus(Qt::OtherFocusReason); });

    auto* left = new QWidget;
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(12, 12, 0, 12);
    column->addWidget(words_);
    column->addWidget(contents_, 1);
    auto* split = new QSplitter;
    split->addWidget(left);
    split->addWidget(page_);
    split->setStretchFactor(1, 1);
    split->setSizes({270, 710});
    split->setHandleWidth(1);
    split->setChildrenCollapsible(false);
    auto* row = new QVBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(split);

    const auto add = [this](const QString& text, const QKeySequence& keys, auto act) {
        auto* action = new QAction(text, this);
        action->setShortcut(keys);
        connect(action, &QAction::triggered, this, act);
        addAction(action);
    };
    add(tr("Search"), Qt::CTRL | Qt::Key_F, [this] { words_->setFocus(Qt::ShortcutFocusReason); });
    add(tr("Close the manual"), Qt::Key_Escape, [this] { close(); });
    list_pages({});
}

void HelpWindow::list_pages(const QString& words) {
    contents_->clear();
    for (const auto& page : pages_) {
        const QString line = words.trimmed().isEmpty() ? QString() : found_in(page, words);
        if (!words.trimmed().isEmpty() && line.isEmpty()) {
            continue;
        }
        auto* item = new QListWidgetItem(line.isEmpty() || line == page.title ? page.title : page.title + '\n' + line,
                                         contents_);
        item->setData(name_role, page.name);
    }
    contents_->setCurrentRow(0);
}

void HelpWindow::open_row(int row) {
    if (row >= 0) {
        const QString name = contents_->item(row)->data(name_role).toString();
        const auto page = std::find_if(pages_.begin(), pages_.end(), [&](const auto& one) { return one.name == name; });
        page_->setMarkdown(page->text);
        set_measures(*page_->document());
        if (const QString words = words_->text().simplified(); !words.isEmpty()) {
            page_->find(words.section(' ', 0, 0));
        }
    }
}

/// Headings that come from Markdown have no anchors in Qt 6.4.
void HelpWindow::show_heading(const QString& text) {
    for (QTextBlock block = page_->document()->begin(); block.isValid(); block = block.next()) {
        if (block.blockFormat().headingLevel() > 0 && block.text() == text) {
            page_->moveCursor(QTextCursor::End); // so that the heading comes to the top
            page_->setTextCursor(QTextCursor(block));
            page_->ensureCursorVisible();
            return;
        }
    }
}

void HelpWindow::show_page(const QString& name) {
    words_->clear();
    for (int row = 0; row < contents_->count(); ++row) {
        if (contents_->item(row)->data(name_role).toString() == name) {
            contents_->setCurrentRow(row);
        }
    }
}

} // namespace sluice::screens
