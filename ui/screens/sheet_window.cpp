#include "screens/sheet_window.h"

#include "theme/roles.h"

#include <QClipboard>
#include <QCoreApplication>
#include <QDialog>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSaveFile>
#include <QTextBrowser>

namespace sluice::screens {
namespace {

struct SheetText {
    Q_DECLARE_TR_FUNCTIONS(SheetText)
};

/// What could not be done; empty = it is saved.
QString save(const QString& file, const QByteArray& bytes) {
    QSaveFile saved(file);
    if (!saved.open(QIODevice::WriteOnly) || saved.write(bytes) != bytes.size() || !saved.commit()) {
        return SheetText::tr("✕ %1: %2; choose another place").arg(file, saved.errorString());
    }
    return {};
}

} // namespace

void show_sheet(QWidget& parent, const release::Release& release, const report::SheetPlace& place) {
    const QString html = QString::fromStdString(report::sheet_html(release, place));
    const QString text = QString::fromStdString(report::sheet_text(release, place));
    auto* window = new QDialog(&parent);
    window->setAttribute(Qt::WA_DeleteOnClose);
    window->setWindowTitle(SheetText::tr("Break-glass sheet"));
    window->resize(940, 760);
    auto* page = new QTextBrowser;
    page->setAccessibleName(SheetText::tr("The exact commands of every way back, as of now"));
    page->setStyleSheet(QStringLiteral("background: #ffffff; color: #1a1f26;")); // it is paper, in either theme
    page->setHtml(html);
    auto* told = new QLabel;
    told->setWordWrap(true);
    told->setTextFormat(Qt::PlainText);
    auto* copy = new QPushButton(SheetText::tr("&Copy as text"));
    auto* keep = new QPushButton(SheetText::tr("&Save…"));
    auto* close = new QPushButton(SheetText::tr("Close"));
    theme::set_role(keep, "primary");
    QObject::connect(copy, &QPushButton::clicked, window, [text, told] {
        QGuiApplication::clipboard()->setText(text);
        theme::set_role(told, "dim");
        told->setText(SheetText::tr("copied"));
    });
    QObject::connect(keep, &QPushButton::clicked, window, [window, html, text, told] {
        const QString file = QFileDialog::getSaveFileName(window, SheetText::tr("Save the sheet"), "sheet.html",
                                                          SheetText::tr("A page (*.html);;Text (*.txt)"));
        if (file.isEmpty()) {
            return;
        }
        const QString why = save(file, (file.endsWith(QStringLiteral(".txt")) ? text : html).toUtf8());
        theme::set_role(told, why.isEmpty() ? "dim" : "breach");
        told->setText(why.isEmpty() ? SheetText::tr("saved as %1").arg(file) : why);
    });
    QObject::connect(close, &QPushButton::clicked, window, &QDialog::close);
    auto* row = new QHBoxLayout;
    row->addWidget(told, 1);
    row->addWidget(copy);
    row->addWidget(keep);
    row->addWidget(close);
    auto* column = new QVBoxLayout(window);
    column->addWidget(page, 1);
    column->addLayout(row);
    window->show();
}

} // namespace sluice::screens
