#pragma once
#include "charts/content.h"
#include "charts/time_view.h"

#include <QPointer>
#include <QWidget>

class QAction;
class QDialog;
class QHBoxLayout;
class QLabel;
class QToolButton;

namespace sluice::charts {

class FittedLabel;
class MetricChooser;
class PlotCanvas;

/// The panel of one metric: title and unit, the current figure, the chart, a line of words. Shows what it is given over
/// the span of the view that it shares; the wheel, drags and keys (TimeView::actions) move that view. T opens the same
/// figures as a table, C the metrics that it could show instead, Return (or a click on title or figure) the parts of a
/// sum.
class MetricChart : public QWidget {
    Q_OBJECT

public:
    explicit MetricChart(TimeView& view, QWidget* parent = nullptr);

    /// Equal content, of lines that have not grown, is not drawn again.
    void show(const ChartContent& content);
    using QWidget::show;

    /// What could be shown in its place; with fewer than two there is nothing to choose.
    void set_choices(const std::vector<MetricChoice>& choices);
    QToolButton* chooser() const { return chooser_; }
    MetricChooser* open_chooser();

    const ChartContent& content() const { return content_; }
    PlotCanvas& canvas() { return *canvas_; }
    QAction* table_action() const { return table_action_; }
    QDialog* open_table();
    QAction* parts_action() const { return parts_action_; }

    QSize sizeHint() const override { return {440, 200}; }

signals:
    void metric_chosen(const QString& metric); ///< empty: the one that the session would choose
    void parts_asked(const QString& metric);   ///< only where the content has some

protected:
    bool event(QEvent* event) override;                         ///< its keys are its own while it has the focus
    bool eventFilter(QObject* watched, QEvent* event) override; ///< a click on its words
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void show_words();
    void show_footer();
    void offer_parts();
    void give_title_room();
    QAction* action_of(const QKeyEvent& event) const;

    TimeView& view_;
    ChartContent content_;
    std::vector<std::size_t> revisions_; ///< of the lines when they were last drawn
    QHBoxLayout* head_;
    FittedLabel* title_;
    QLabel* unit_;
    QLabel* mark_;
    QLabel* value_;
    QLabel* footer_;
    PlotCanvas* canvas_;
    QAction* table_action_;
    QAction* choose_action_;
    QAction* parts_action_;
    QToolButton* chooser_;
    bool narrow_ = false;
    std::vector<MetricChoice> choices_;
    QPointer<QDialog> table_;
};

} // namespace sluice::charts
