#include "support/suite.h"

#ifdef QT_WIDGETS_LIB
#include <QApplication>
using Application = QApplication;
#else
#include <QCoreApplication>
using Application = QCoreApplication;
#endif
#include <QtTest>
#include <filesystem>

namespace sluice::testing {

std::vector<Suite>& suites() {
    static std::vector<Suite> all;
    return all;
}

Registration::Registration(const char* file, std::function<std::unique_ptr<QObject>()> make) {
    suites().push_back({std::filesystem::path(file).stem().string(), std::move(make)});
}

} // namespace sluice::testing

int main(int argc, char** argv) {
    Application app(argc, argv); // with widgets where what is tested links them
    QStringList arguments = app.arguments();
    std::string only;
    if (arguments.size() > 1 && !arguments[1].startsWith('-')) {
        only = arguments.takeAt(1).toStdString();
    }
    int failed = 0;
    int ran = 0;
    for (const auto& suite : sluice::testing::suites()) {
        if (!only.empty() && suite.file != only) {
            continue;
        }
        ++ran;
        failed += QTest::qExec(suite.make().get(), arguments);
    }
    if (ran == 0) {
        qCritical("no test class in %s", only.c_str());
        return 1;
    }
    return failed == 0 ? 0 : 1;
}
