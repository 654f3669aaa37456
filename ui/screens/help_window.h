#pragma once
#include <QStringList>
#include <QWidget>
#include <vector>

class QLineEdit;
class QListWidget;
class QTextBrowser;

namespace sluice::screens {

/// A page of the manual (resources/manual), as it lies in the program.
struct ManualPage {
    QString name;  ///< of its file, without number and ending: "war-room"
    QString title; ///< its first heading
    QString text;  ///< Markdown
};

/// In the order of their numbers.
std::vector<ManualPage> manual_pages();

/// The keys that a page names: what stands in it as **`Ctrl+O`**.
QStringList keys_named(const QString& markdown);

/// The manual: contents, search over all pages, and a page. Links lead from page to page.
class HelpWindow : public QWidget {
    Q_OBJECT
public:
    explicit HelpWindow(QWidget* parent = nullptr);
    void show_page(const QString& name);

private:
    void list_pages(const QString& words);
    void open_row(int row);
    void show_heading(const QString& text); ///< on the page that is open

    std::vector<ManualPage> pages_;
    QLineEdit* words_;
    QListWidget* contents_;
    QTextBrowser* page_;
};

} // namespace sluice::screens
