#pragma once
#include <QScrollArea>
#include <QVBoxLayout>

namespace sluice::panels {

/// Parts one below the other, as high as they want to be; where there is less room they are scrolled, and never cut or
/// squeezed. Asks for the height that it needs at its width.
class ScrolledBody : public QScrollArea {
    Q_OBJECT
public:
    static constexpr int least = 64; ///< pixels: less would show nothing

    explicit ScrolledBody(QWidget* parent = nullptr);

    void add(QWidget* part); ///< becomes a child
    void set_spacing(int pixels);
    bool is_empty() const { return column_->isEmpty(); } ///< nothing in it is to be seen

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void fit();

    QWidget* body_;
    QVBoxLayout* column_;
};

} // namespace sluice::panels
