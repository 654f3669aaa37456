#include "screens/source_dialog.h"

#include "panels/mark_of.h"
#include "screens/told_line.h"
#include "theme/marks.h"
#include "theme/roles.h"
#include "theme/tokens.h"

#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QSplitter>
#include <QTreeWidgetItemIterator>
#include <QVBoxLayout>

namespace sluice::screens {
namespace {

constexpr int source_row_height = 26, most_question_lines = 14;

QString with_mark(story::Mark mark, const QString& text) {
    return theme::glyph(panels::mark_of(mark)) + u' ' + text;
}

bool is_quiet(story::Mark mark) {
    return mark == story::Mark::holds || mark == story::Mark::to_come;
}

} // namespace

SourceDialog::SourceDialog(QWidget* parent)
    : QDialog(parent), heading_(told_line(this, "title")), note_(told_line(this, "dim")), list_(new QTreeWidget(this)),
      body_(new panels::ScrolledBody(this)), title_(told_line(this, "heading")), address_(told_line(this, "dim")),
      wrong_(told_line(this, "warn")), asks_(told_line(this, "section")), answered_(told_line(this, "section")),
      hangs_on_(told_line(this, "section")), nothing_(told_line(this, "dim")),
      question_(new panels::TextBox(tr("What is asked"), most_question_lines, this)),
      more_(new panels::FactsGrid(this)), answers_(new panels::FactsGrid(this)), hangs_(new panels::FactsGrid(this)),
      copy_(new QPushButton(tr("&Copy the question"), this)) {
    setWindowTitle(tr("Sources"));
    resize(1180, 720);
    list_->setAccessibleName(tr("Sources and their metrics"));
    list_->setColumnCount(3);
    list_->setHeaderLabels({tr("Source, metric"), tr("Now"), tr("Age")});
    list_->setRootIsDecorated(false);
    list_->setItemsExpandable(false);
    list_->setIndentation(theme::grid * 3);
    list_->setAllColumnsShowFocus(true);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->header()->setSectionsClickable(false);
    list_->header()->setStretchLastSection(false);
    list_->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    list_->header()->setSectionResizeMode(1, QHeaderView::Stretch);
    // By its contents it comes out too narrow for them: the style's padding is not counted.
    list_->header()->setSectionResizeMode(2, QHeaderView::Fixed);
    list_->header()->resizeSection(2, list_->fontMetrics().horizontalAdvance(tr("23 h 59 m ago")) + theme::grid * 4);
    copy_->setAutoDefault(false);
    address_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    wrong_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    wrong_->setAccessibleDescription(tr("What is wrong"));
    answered_->setText(tr("What it answered"));
    hangs_on_->setText(tr("What hangs on it"));
    nothing_->setText(tr("nothing in the plan looks at it"));

    body_->set_spacing(theme::grid * 2);
    for (QWidget* part : std::initializer_list<QWidget*>{title_, address_, wrong_, asks_, question_, more_, answered_,
                                                         answers_, hangs_on_, nothing_, hangs_}) {
        body_->add(part);
    }
    body_->setAccessibleName(tr("The chosen metric"));
    auto* right = new QWidget(this);
    auto* column = new QVBoxLayout(right);
    column->setContentsMargins(theme::grid * 4, 0, 0, 0);
    column->addWidget(body_);
    column->addStretch();
    auto* halves = new QSplitter(Qt::Horizontal, this);
    halves->setChildrenCollapsible(false);
    halves->addWidget(list_);
    halves->addWidget(right);
    halves->setStretchFactor(0, 4);
    halves->setStretchFactor(1, 5);

    auto* close = new QPushButton(tr("Close"), this);
    close->setAutoDefault(false);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(copy_);
    buttons->addWidget(close);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(20, 20, 20, 16);
    all->setSpacing(10);
    all->addWidget(heading_);
    all->addWidget(note_);
    all->addWidget(halves, 1);
    all->addLayout(buttons);

    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    connect(copy_, &QPushButton::clicked, this, [this] {
        if (const auto* metric = chosen()) {
            QGuiApplication::clipboard()->setText(metric->question);
        }
    });
    connect(list_, &QTreeWidget::currentItemChanged, this, [this] { show_chosen(); });
    list_->setFocus();
}

void SourceDialog::show_moment(const story::Moment& moment) {
    auto page = story::present_source_page(moment);
    if (page == page_) {
        return;
    }
    page_ = std::move(page);
    heading_->setText(page_.heading);
    note_->setText(page_.note);
    fill();
    show_chosen();
}

void SourceDialog::choose(const std::string& metric) {
    for (QTreeWidgetItemIterator at(list_); *at != nullptr; ++at) {
        if ((*at)->parent() != nullptr && (*at)->data(0, Qt::UserRole).toString().toStdString() == metric) {
            list_->setCurrentItem(*at);
            return;
        }
    }
}

// The rows stay as they are while they are of the same metrics in the same order: nobody's place in the list is lost.
void SourceDialog::fill() {
    std::vector<std::string> wanted;
    for (const auto& source : page_.sources) {
        wanted.push_back("/" + source.name);
        for (const auto& metric : source.metrics) {
            wanted.push_back(metric.name);
        }
    }
    const auto* before = chosen();
    const std::string kept = before != nullptr ? before->name : std::string();
    const QSignalBlocker quiet(list_);
    if (wanted != listed_) {
        listed_ = wanted;
        list_->clear();
        for (const auto& source : page_.sources) {
            auto* group = new QTreeWidgetItem(list_);
            for (const auto& metric : source.metrics) {
                auto* row = new QTreeWidgetItem(group);
                row->setData(0, Qt::UserRole, QString::fromStdString(metric.name));
            }
            // Who comes upon the source is shown its first metric, which is the worst.
            group->setData(0, Qt::UserRole, QString::fromStdString(source.metrics.front().name));
        }
        list_->expandAll();
    }
    const auto put = [](QTreeWidgetItem& item, story::Mark mark, const QStringList& texts) {
        for (int i = 0; i < texts.size(); ++i) {
            item.setText(i, texts[i]);
            item.setToolTip(i, texts[i]);
            item.setSizeHint(i, QSize(60, source_row_height));
            item.setForeground(i, i == 1 && !is_quiet(mark) ? theme::colour(panels::mark_of(mark))
                                  : i == 0                  ? theme::tokens().text
                                                            : theme::tokens().dim);
        }
        item.setData(0, Qt::AccessibleTextRole, texts.join(QStringLiteral(", ")));
    };
    int row = 0;
    for (const auto& source : page_.sources) {
        auto* group = list_->topLevelItem(row++);
        put(*group, source.mark, {source.title, source.address, QString()});
        QFont strong = list_->font();
        strong.setWeight(QFont::DemiBold);
        group->setFont(0, strong);
        for (int i = 0; i < group->childCount(); ++i) {
            const auto& metric = source.metrics[static_cast<std::size_t>(i)];
            put(*group->child(i), metric.mark, {with_mark(metric.mark, metric.title), metric.state, metric.age});
        }
    }
    list_->setVisible(!page_.sources.empty());
    copy_->setVisible(!page_.sources.empty());
    if (list_->currentItem() == nullptr && list_->topLevelItemCount() > 0) {
        list_->setCurrentItem(list_->topLevelItem(0)->child(0));
        choose(kept);
    }
}

const story::SourceMetric* SourceDialog::chosen() const {
    const auto* item = list_->currentItem();
    return item != nullptr ? page_.metric(item->data(0, Qt::UserRole).toString().toStdString()) : nullptr;
}

void SourceDialog::show_chosen() {
    const auto* metric = chosen();
    body_->setVisible(metric != nullptr);
    copy_->setEnabled(metric != nullptr && !metric->question.isEmpty());
    if (metric == nullptr) {
        return;
    }
    const QString name = QString::fromStdString(metric->name);
    title_->setText(with_mark(metric->mark, metric->title == name ? name : metric->title + u' ' + u'(' + name + u')'));
    for (const auto& source : page_.sources) {
        for (const auto& one : source.metrics) {
            if (&one == metric) {
                address_->setText(source.address.isEmpty() ? source.title
                                                           : source.title + QStringLiteral(" · ") + source.address);
            }
        }
    }
    theme::set_role(wrong_, metric->mark == story::Mark::source_error ? "breach" : "warn");
    wrong_->setText(metric->wrong);
    wrong_->setVisible(!metric->wrong.isEmpty());
    asks_->setText(metric->asks.isEmpty() ? tr("What it is asked")
                                          : tr("What it is asked: %1").arg(metric->asks.toLower()));
    question_->show_text(metric->question);
    more_->show_facts(metric->more);
    answers_->show_facts(metric->answers);
    nothing_->setVisible(metric->hangs.empty());
    hangs_->show_facts(metric->hangs);
}

void SourceDialog::changeEvent(QEvent* event) {
    QDialog::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && !page_.sources.empty()) {
        fill(); // the colours of its rows
    }
}

} // namespace sluice::screens
