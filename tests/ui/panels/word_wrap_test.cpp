#include "panels/word_wrap.h"
#include "support/suite.h"
#include "theme/tokens.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::panels;

class WordWrapTest : public QObject {
    Q_OBJECT
private slots:
    void each_line_fits_and_no_word_is_lost_before_the_second_is_full() {
        const QFontMetrics metrics(theme::text_font(13));
        const QString text = "outcome unknown: the program ended before the answer";
        for (int width = 60; width < 420; width += 7) {
            const QStringList lines = word_wrapped(text, metrics, width, 12);
            QVERIFY(lines.size() == 1 || lines.size() == 2);
            QVERIFY(metrics.horizontalAdvance(lines[0]) <= width);
            if (lines.size() == 2) {
                QVERIFY(metrics.horizontalAdvance(lines[1]) <= width - 12);
                const QString whole = lines.join(u' ');
                QVERIFY2(whole == text || (whole.endsWith(u'…') && text.startsWith(whole.chopped(1).trimmed())),
                         qPrintable(whole));
            } else if (lines[0] != text) { // not even its first word fits
                QVERIFY(metrics.horizontalAdvance("outcome") > width);
            }
        }
        QCOMPARE(word_wrapped(text, metrics, 2000), QStringList{text});
        QCOMPARE(word_wrapped("", metrics, 10), QStringList{""});
    }
    void a_long_word_is_cut() {
        const QFontMetrics metrics(theme::text_font(13));
        const QStringList lines = word_wrapped("nova-blue-green-2026-11-27", metrics, 60);
        QCOMPARE(lines.size(), 1);
        QVERIFY(lines[0].endsWith(u'…'));
    }
};

SLUICE_TEST(WordWrapTest)
#include "word_wrap_test.moc"
