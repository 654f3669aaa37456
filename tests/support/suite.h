#pragma once
/// One test program holds several Qt Test classes; `test_plan loader_test` runs the class of loader_test.cpp alone.
#include <QObject>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sluice::testing {

struct Suite {
    std::string file; ///< name of the source file, without ending
    std::function<std::unique_ptr<QObject>()> make;
};

std::vector<Suite>& suites();

struct Registration {
    Registration(const char* file, std::function<std::unique_ptr<QObject>()> make);
};

} // namespace sluice::testing

/// Stands at the end of a test file, before its `#include "x_test.moc"`.
#define SLUICE_TEST(Class)                                                                                             \
    static const sluice::testing::Registration registration_of_##Class(                                                \
        __FILE__, [] { return std::unique_ptr<QObject>(std::make_unique<Class>()); });
