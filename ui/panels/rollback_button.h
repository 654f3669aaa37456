#pragma once
#include "story/command_channel.h"
#include "story/rollback_view.h"

#include <QAbstractButton>
#include <QAction>
#include <QMenu>
#include <QMessageBox>
#include <QPointer>
#include <QToolButton>

namespace sluice::panels {

/// The way back. One click acts while it is armed; everything else asks first, naming the target: the chord
/// Ctrl+Alt+R, another option of the menu, a click while readiness is not proven.
///
/// Nobody hits it by accident: it takes no focus and no key, and a press counts only if it is released within the
/// button and hardly moved. Made only where there is a way to act.
class RollbackButton : public QAbstractButton {
    Q_OBJECT
public:
    explicit RollbackButton(story::CommandChannel& commands, QWidget* parent = nullptr);

    void show_view(const story::RollbackView& view);
    const story::RollbackView& view() const { return view_; }
    QAction* chord() { return chord_; }         ///< Ctrl+Alt+R: asks once
    QAction* open_options() { return choose_; } ///< Ctrl+Alt+O: opens the menu
    QMenu* menu() { return menu_; }
    QMessageBox* question() const { return question_; } ///< while it asks

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

signals:
    void asked(const sluice::release::RollBack& command); ///< it was sent
    void refused(const sluice::Error& error);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void act();
    void ask(const std::string& option);
    void submit(const std::string& option);
    void fill_menu();
    void tell(const Error& error);

    story::CommandChannel& commands_;
    story::RollbackView view_;
    QMenu* menu_;
    QToolButton* arrow_;
    QAction* chord_;
    QAction* choose_;
    QPointer<QMessageBox> question_;
    QPoint pressed_at_;
    bool pressed_ = false;
    bool sent_ = false; ///< until it is answered; a second click in between does nothing
};

} // namespace sluice::panels
