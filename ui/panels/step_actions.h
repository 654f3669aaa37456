#pragma once
#include "story/card.h"
#include "story/command_channel.h"

#include <QAction>
#include <QDialog>
#include <QPointer>
#include <QWidget>
#include <vector>

namespace sluice::panels {

/// What can be done about a card, as actions; asks for what is needed and sends the command. Made only where there is
/// a way to act: a replay has none.
class StepActions : public QObject {
    Q_OBJECT
public:
    /// The actions are `owner`'s, which also is the parent of what is asked. `channel` outlives this.
    StepActions(story::CommandChannel& channel, QWidget& owner);
    ~StepActions() override;

    struct Entry {
        story::Offer offer;
        QAction* action;
    };
    const std::vector<Entry>& entries() const { return entries_; }
    /// Keeps the actions that are the same deeds as before.
    void offer(const story::CardView& card);

signals:
    void changed();                   ///< other deeds than before
    void refused(const QString& why); ///< in words, with the remedy
    void accepted();

private:
    void rebuild();
    void refresh();
    void begin(std::size_t index);
    void submit(const release::Command& command);
    /// `tip`: what to do with it.
    void show_text(const QString& title, const QString& tip, const QString& name, const QString& text);

    story::CommandChannel& channel_;
    QWidget& owner_;
    story::CardView card_;
    std::vector<Entry> entries_;
    QPointer<QDialog> asked_;
    bool sending_ = false;
};

} // namespace sluice::panels
