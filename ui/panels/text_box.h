#pragma once
#include <QPlainTextEdit>

namespace sluice::panels {

/// A command or output in the figures' type: can be selected and copied, not changed; as tall as its text, up to
/// `most_lines`. Hidden while it is empty.
class TextBox : public QPlainTextEdit {
    Q_OBJECT
public:
    TextBox(const QString& accessible_name, int most_lines, QWidget* parent = nullptr);

    void set_most_lines(int lines);

    /// What is only longer than before is added at its end; the view stays at the end unless it was scrolled up.
    void show_text(const QString& printed);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {120, sizeHint().height()}; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    int most_lines_;
    QString text_;
    int lines_ = 0;
    void measure();
};

} // namespace sluice::panels
