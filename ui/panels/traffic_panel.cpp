#include "panels/traffic_panel.h"

#include "panels/comparison_table.h"
#include "panels/fact_list.h"
#include "panels/mark_of.h"
#include "panels/shift_form.h"
#include "panels/split_bar.h"
#include "panels/split_slider.h"
#include "panels/split_track.h"
#include "theme/roles.h"
#include "theme/tokens.h"

#include <QAction>
#include <QBoxLayout>
#include <QLabel>
#include <QScrollArea>

namespace sluice::panels {
namespace {

void set_if_changed(QLabel* label, const QString& text) {
    if (label->text() != text) {
        label->setText(text);
    }
}

} // namespace

/// "Rollback triggers            armed"
struct TrafficPanel::Heading {
    Heading(QWidget* parent, QBoxLayout* into, int above) {
        row = new QWidget(parent);
        auto* cells = new QHBoxLayout(row);
        cells->setContentsMargins(0, above, 0, theme::grid);
        title = new QLabel(row);
        note = new QLabel(row);
        for (auto* label : {title, note}) {
            label->setTextFormat(Qt::PlainText);
            theme::set_role(label, "section");
        }
        cells->addWidget(title);
        cells->addStretch();
        cells->addWidget(note);
        into->addWidget(row);
    }
    void show_texts(const QString& left, const QString& right) const {
        set_if_changed(title, left);
        set_if_changed(note, right);
        row->setVisible(!right.isEmpty());
    }
    QWidget* row;
    QLabel *title, *note;
};

struct TrafficPanel::SplitSection {
    QWidget* whole = nullptr;
    std::unique_ptr<Heading> head;
    SplitBar* bar = nullptr;
    SplitTrack* track = nullptr;   // without a channel
    SplitSlider* slider = nullptr; // with one
    QLabel* notice = nullptr;
    ShiftForm* form = nullptr;
    DoubtForm* doubt = nullptr;
    story::SplitView shown;
};

TrafficPanel::TrafficPanel(story::CommandChannel* channel, QWidget* parent) : QWidget(parent), channel_(channel) {
    setAccessibleName(tr("Traffic"));
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    // What does not fit a low window is scrolled to, never squeezed.
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->viewport()->setAutoFillBackground(false);
    scroll->setAccessibleName(tr("Traffic, scrolled"));
    outer->addWidget(scroll);
    auto* inside = new QWidget(scroll);
    inside->setAutoFillBackground(false);
    inside->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    column_ = new QVBoxLayout(inside);
    column_->setContentsMargins(3 * theme::grid, 3 * theme::grid, 3 * theme::grid, 3 * theme::grid);
    column_->setSpacing(0);
    scroll->setWidget(inside);
    splits_ = new QVBoxLayout;
    splits_->setSpacing(0);
    column_->addLayout(splits_);
    section(0).whole->hide(); // made first: the keys come to what acts before they come to what is read
    constexpr int above = 4 * theme::grid;
    facts_ = new FactList(tr("Traffic as it is"), inside);
    column_->addWidget(facts_);
    comparison_head_ = std::make_unique<Heading>(inside, column_, above);
    comparison_ = new ComparisonTable(inside);
    column_->addWidget(comparison_);
    way_back_head_ = std::make_unique<Heading>(inside, column_, above);
    way_back_ = new FactList(tr("Readiness of the rollback"), inside);
    column_->addWidget(way_back_);
    triggers_head_ = std::make_unique<Heading>(inside, column_, above);
    triggers_ = new FactList(tr("Rollback triggers"), inside);
    column_->addWidget(triggers_);
    alerts_head_ = std::make_unique<Heading>(inside, column_, above);
    alerts_ = new FactList(tr("Alerts"), inside);
    column_->addWidget(alerts_);
    column_->addStretch();
    for (auto* heading : {comparison_head_.get(), way_back_head_.get(), triggers_head_.get(), alerts_head_.get()}) {
        heading->row->hide();
    }
    if (channel_) {
        shift_action_ = new QAction(tr("Shift traffic by hand"), this);
        shift_action_->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_T));
        shift_action_->setEnabled(false);
        connect(shift_action_, &QAction::triggered, this, [this] {
            if (!sections_.empty()) {
                sections_.front()->slider->setFocus(Qt::ShortcutFocusReason);
            }
        });
        addAction(shift_action_);
    }
}

TrafficPanel::~TrafficPanel() = default;

void TrafficPanel::show_moment(const story::Moment& moment) {
    show_view(story::present_traffic(moment));
}

void TrafficPanel::show_view(const story::TrafficView& view) {
    if (shown_ && view == view_) {
        return;
    }
    shown_ = true;
    view_ = view;
    for (std::size_t i = 0; i < view_.splits.size(); ++i) {
        show_split(section(i), view_.splits[i]);
    }
    for (std::size_t i = 0; i < sections_.size(); ++i) {
        sections_[i]->whole->setVisible(i < view_.splits.size());
    }
    if (shift_action_) {
        shift_action_->setEnabled(!view_.splits.empty());
    }
    facts_->show_facts(view_.facts);
    comparison_head_->show_texts(
        tr("%1 against %2").arg(view_.released.left(1).toUpper() + view_.released.mid(1), view_.initial),
        view_.comparisons.empty() ? QString() : tr("latest"));
    comparison_->show_comparisons(view_);
    way_back_head_->show_texts(tr("Rollback"), view_.way_back_head);
    way_back_->show_facts(view_.way_back);
    triggers_head_->show_texts(tr("Rollback triggers"), view_.triggers_head);
    triggers_->show_facts(view_.triggers);
    alerts_head_->show_texts(tr("Alerts"), view_.alerts_head);
    alerts_->show_facts(view_.alerts);
}

bool TrafficPanel::has_content() const {
    return !(view_.splits.empty() && view_.facts.empty() && view_.comparisons.empty() && view_.way_back.empty() &&
             view_.triggers.empty() && view_.alerts_head.isEmpty());
}

TrafficPanel::SplitSection& TrafficPanel::section(std::size_t place) {
    while (sections_.size() <= place) {
        auto made = std::make_unique<SplitSection>();
        made->whole = new QWidget(this);
        auto* rows = new QVBoxLayout(made->whole);
        rows->setContentsMargins(0, 0, 0, 2 * theme::grid);
        rows->setSpacing(0);
        made->head = std::make_unique<Heading>(made->whole, rows, 0);
        made->bar = new SplitBar(made->whole);
        rows->addWidget(made->bar);
        rows->addSpacing(2 * theme::grid);
        if (channel_) {
            made->slider = new SplitSlider(made->whole);
            rows->addWidget(made->slider);
        } else {
            made->track = new SplitTrack(made->whole);
            rows->addWidget(made->track);
        }
        made->notice = new QLabel(made->whole);
        made->notice->setWordWrap(true);
        made->notice->setContentsMargins(0, theme::grid, 0, theme::grid);
        made->notice->hide();
        rows->addWidget(made->notice);
        if (channel_) {
            made->form = new ShiftForm(*channel_, made->whole);
            made->doubt = new DoubtForm(*channel_, made->whole);
            rows->addSpacing(theme::grid);
            rows->addWidget(made->form);
            rows->addWidget(made->doubt);
            auto* one = made.get();
            connect(one->slider, &SplitSlider::chosen, this, [one](int weight) { one->form->ask(one->shown, weight); });
            connect(one->slider, &SplitSlider::was_reset, this, [one] { one->form->close_form(); });
            connect(one->form, &ShiftForm::closed, this, [one] {
                one->slider->reset();
                one->slider->setFocus(Qt::OtherFocusReason);
            });
        }
        splits_->addWidget(made->whole);
        sections_.push_back(std::move(made));
    }
    return *sections_[place];
}

void TrafficPanel::show_split(SplitSection& section, const story::SplitView& split) {
    if (split == section.shown) {
        return;
    }
    section.shown = split;
    section.head->show_texts(tr("Traffic"), split.place);
    section.bar->show_arms(split.arms);
    if (section.track) {
        section.track->show_split(split);
    }
    if (!split.notice.isEmpty()) {
        const theme::Mark mark = mark_of(split.notice_mark);
        set_if_changed(section.notice, theme::glyph(mark) + u' ' + split.notice);
        theme::set_role(section.notice, mark == theme::Mark::running ? "heading" : "warn");
    }
    section.notice->setVisible(!split.notice.isEmpty());
    if (section.slider) {
        section.form->follow(split);
        section.slider->show_split(split);
        section.doubt->show_doubt(split.doubt);
    }
}

} // namespace sluice::panels
