/// What a person copies into a shell says there what it says here, whatever a value holds.
#include "report/shell_word.h"
#include "support/suite.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

using namespace sluice;
using namespace sluice::report;

namespace {

const std::vector<std::string> hostile = {
    "v1; touch made",
    "$(touch made)",
    "`touch made`",
    "v1\ntouch made",
    "v1 && touch made",
    "a' ; touch made; '",
    "a\" ; touch made; \"",
    "| touch made",
    "> made",
    "\\",
    "",
    "*",
    "~",
    "!!",
    "a\tb",
};

/// What a shell makes of a line, in a folder of its own; what it left there is told by its name.
std::string in_a_shell(const std::string& line) {
    const QTemporaryDir folder;
    QProcess shell;
    shell.setWorkingDirectory(folder.path());
    shell.start("/bin/sh", {"-c", QString::fromStdString(line)});
    if (!shell.waitForFinished()) {
        return "it does not end";
    }
    return QFile::exists(folder.filePath("made")) ? "IT WAS EVALUATED" : shell.readAllStandardOutput().toStdString();
}

} // namespace

class ShellWordTest : public QObject {
    Q_OBJECT
private slots:
    void a_shell_reads_a_word_as_it_was() {
        for (const auto& value : hostile) {
            QCOMPARE(QString::fromStdString(in_a_shell("printf %s " + shell_word(value))),
                     QString::fromStdString(value));
        }
    }

    /// In quotation marks of the plan's or without, no quoting of ours would be right in all of them.
    void a_value_that_is_no_plain_word_stands_apart() {
        const std::string command = "printf %s ${who} \"${what}\" '${what}'";
        for (const auto& value : hostile) {
            const Typed typed = typed_command(command, {{"who", "lena@db-1"}, {"what", value}});
            QCOMPARE(QString::fromStdString(typed.command), QString("printf %s lena@db-1 \"${what}\" '${what}'"));
            QCOMPARE(typed.apart.size(), std::size_t{1});
            QCOMPARE(QString::fromStdString(typed.apart.front().second), QString::fromStdString(value));
            QVERIFY(in_a_shell(typed.command) != "IT WAS EVALUATED");
        }
        QCOMPARE(QString::fromStdString(typed_command("a ${b} ${c} $${d}", {{"b", "x y"}}).text()),
                 QString("a ${b} ${c} ${d} (where b is x y)")); // c has no value yet
    }

    void a_remark_stays_on_its_line() {
        QCOMPARE(QString::fromStdString(one_line("First:\n  rm -rf x\r\n\tthen\vmore  so ")),
                 QString("First: rm -rf x then more so "));
    }
};

SLUICE_TEST(ShellWordTest)
#include "shell_word_test.moc"
