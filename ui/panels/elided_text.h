#pragma once
#include <QFont>
#include <QWidget>

namespace sluice::panels {

/// One line of text that ends in "…" where it does not fit, and then shows all of it as its tip. Changing the text
/// repaints and does not lay out anew, so that a clock may be one.
class ElidedText : public QWidget {
    Q_OBJECT
public:
    enum class Tone { plain, dim, breach };
    ElidedText(const QFont& font, Tone tone, QWidget* parent = nullptr);

    void set_text(const QString& text);
    void set_tone(Tone tone);
    QString text() const { return text_; }
    /// As wide as this text would be, whatever is shown.
    void reserve(const QString& longest);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void set_tip();
    QString text_;
    Tone tone_;
    int reserved_ = 0;
};

} // namespace sluice::panels
