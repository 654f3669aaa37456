#pragma once
#include "charts/span.h"

#include <QAction>
#include <QList>
#include <QObject>
#include <optional>

namespace sluice::charts {

/// What all charts show together: the span, the time that is pointed at, the cursor of a replay; and the actions with
/// which it is changed. Knows no widget.
///
/// It follows what is newest until someone looks elsewhere, and again from `go_live` on; a move that ends at the newest
/// follows too. Following keeps the length of the last view that followed.
class TimeView : public QObject {
    Q_OBJECT

public:
    explicit TimeView(QObject* parent = nullptr);

    /// All there is to see; its end is what is newest. Changes the view only if it follows, or lies outside.
    void set_extent(Span all);
    Span extent() const { return all_; }
    Span visible() const { return visible_; }
    bool following() const { return following_; }

    void follow(Nanos length); ///< the last `length`, from now on
    /// How much it follows until someone chooses another length; changes the view only if nobody has.
    void set_usual(Nanos length);
    void reset(); ///< as if nobody had chosen anything
    void go_live();
    void show_all();
    void look_at(Span span);
    /// Above 1: closer. Without a time about the middle, or about the newest while it follows.
    void zoom(double factor, std::optional<Nanos> about = std::nullopt);
    void pan(Nanos by); ///< above zero: later

    void point_at(std::optional<Nanos> time); ///< nothing: nobody points
    std::optional<Nanos> pointed_at() const { return pointed_at_; }

    /// What someone has chosen to look at: to come back to it later.
    struct Look {
        Span visible;
        Nanos length;
        bool following = true;
        bool chosen = false;

        friend bool operator==(const Look&, const Look&) = default;
    };
    Look look() const { return {visible_, length_, following_, chosen_}; }
    void look_again(const Look& look);

    void set_cursor(std::optional<Nanos> time); ///< of a replay
    std::optional<Nanos> cursor() const { return cursor_; }
    void ask_for_cursor(Nanos time) { emit cursor_asked(time); }

    /// Earlier, later, closer, wider, all, live, last 10, 30 and 60 minutes. They act where they are added to a widget
    /// and the focus is in it.
    QList<QAction*> actions() const { return actions_; }
    /// Those of them whose keys mean the same wherever the focus is; the others (arrows, Home, End) are only a chart's.
    QList<QAction*> actions_anywhere() const;

    static constexpr Nanos shortest = seconds(2);

signals:
    void visible_changed();
    void pointed_at_changed();
    void cursor_changed();
    void following_changed(bool following);
    void newest_asked(); ///< by its key
    /// Someone drags in a chart to where the replay should go.
    void cursor_asked(sluice::Nanos time);

private:
    void settle(Span wanted, bool follow);
    void moved(Span wanted);
    QAction* add(const QString& text, const QList<QKeySequence>& keys, void (*act)(TimeView&));

    Span all_{Nanos{0}, hours(1)};
    Span visible_{Nanos{0}, hours(1)};
    bool following_ = true;
    Nanos length_ = hours(1); ///< of the view that follows
    Nanos usual_ = hours(1);  ///< what that is as long as nobody has chosen one
    bool chosen_ = false;
    std::optional<Nanos> pointed_at_;
    std::optional<Nanos> cursor_;
    QList<QAction*> actions_;
    QAction* live_ = nullptr;
};

} // namespace sluice::charts
