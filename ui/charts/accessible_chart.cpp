#include "charts/accessible_chart.h"

#include "charts/metric_chart.h"

#include <QAccessibleWidget>

namespace sluice::charts {
namespace {

class AccessibleChart : public QAccessibleWidget {
public:
    explicit AccessibleChart(MetricChart* chart) : QAccessibleWidget(chart, QAccessible::Chart) {}

    QString text(QAccessible::Text kind) const override {
        const auto* chart = qobject_cast<MetricChart*>(widget());
        switch (chart ? kind : QAccessible::DebugDescription) {
        case QAccessible::Name:
            return chart->content().title;
        case QAccessible::Value:
            return (chart->content().value_text + ' ' + chart->content().unit).trimmed();
        case QAccessible::Description:
            return describe(chart->content());
        default:
            return QAccessibleWidget::text(kind);
        }
    }
};

QAccessibleInterface* make(const QString& class_name, QObject* object) {
    if (class_name == QLatin1String(MetricChart::staticMetaObject.className())) {
        return new AccessibleChart(static_cast<MetricChart*>(object));
    }
    return nullptr;
}

} // namespace

void know_accessible_charts() {
    static const bool known = [] {
        QAccessible::installFactory(make);
        return true;
    }();
    static_cast<void>(known);
}

} // namespace sluice::charts
