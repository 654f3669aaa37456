#pragma once
#include "panels/facts_grid.h"
#include "panels/scrolled_body.h"
#include "panels/text_box.h"
#include "story/source_page.h"

#include <QDialog>
#include <QLabel>
#include <QPushButton>
#include <QTreeWidget>

namespace sluice::screens {

/// What each source was asked and answered, how old that is, what is wrong and what hangs on it. Beside the session: it
/// shows the moment that is looked at there, live or in a replay, and can't act. What was chosen stays chosen.
class SourceDialog : public QDialog {
    Q_OBJECT
public:
    explicit SourceDialog(QWidget* parent = nullptr);

    void show_moment(const story::Moment& moment);
    const story::SourcePage& page() const { return page_; }
    void choose(const std::string& metric); ///< as a person does in the list; nothing if there is none

protected:
    void changeEvent(QEvent* event) override; // another theme

private:
    void fill();
    void show_chosen();
    const story::SourceMetric* chosen() const;

    story::SourcePage page_;
    std::vector<std::string> listed_; ///< what the rows are of, in their order
    QLabel *heading_, *note_;
    QTreeWidget* list_;
    panels::ScrolledBody* body_;
    QLabel *title_, *address_, *wrong_, *asks_, *answered_, *hangs_on_, *nothing_;
    panels::TextBox* question_;
    panels::FactsGrid *more_, *answers_, *hangs_;
    QPushButton* copy_;
};

} // namespace sluice::screens
