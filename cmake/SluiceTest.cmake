# One test program a folder of core/ (tests mirror the tree): sluice_test(plan LINKS plan) takes tests/plan/*_test.cpp,
# each file one Qt Test class with its own main-less `SLUICE_TEST(Class)`, and registers each class with ctest.
#
# IN_UNITS: three test files are compiled as one (but with preset dev), which takes half the time. Their helpers can't have
# the same names then. Where they have, as is usual in tests ("redefinition of …"), rename one, or leave the option out.

# Qt6::Test defines the folder of each test program (for QFINDTESTDATA, which is not used here); that alone would keep the
# programs from sharing a precompiled header.
get_target_property(test_definitions Qt6::Test INTERFACE_COMPILE_DEFINITIONS)
list(FILTER test_definitions EXCLUDE REGEX QT_TESTCASE_)
set_target_properties(Qt6::Test PROPERTIES INTERFACE_COMPILE_DEFINITIONS "${test_definitions}")

# Half of what it costs to compile a test is what it includes: so the large headers of ours are in it too, one such for
# each group of tests that use the same.
function(sluice_precompile_test name)
    set(common <QtTest> <string> <vector> <nlohmann/json.hpp> <fmt/format.h>)
    if(name IN_LIST SLUICE_PLAIN AND NOT name STREQUAL base)
        target_precompile_headers(test_${name} REUSE_FROM test_base)
    elseif(name STREQUAL base)
        target_precompile_headers(test_base PRIVATE ${common} ${CMAKE_SOURCE_DIR}/core/release/decide.h)
    elseif(name STREQUAL host)
        target_precompile_headers(test_host PRIVATE ${common} ${CMAKE_SOURCE_DIR}/core/host/rehearsal.h)
    elseif(name IN_LIST SLUICE_ON_NET OR name STREQUAL simulation)
        target_precompile_headers(test_${name} REUSE_FROM test_net)
    elseif(name STREQUAL net)
        target_precompile_headers(test_net PRIVATE ${common} ${CMAKE_SOURCE_DIR}/core/engine/engine.h)
    elseif(name STREQUAL screens)
        target_precompile_headers(test_screens REUSE_FROM test_panels)
    elseif(name STREQUAL panels)
        target_precompile_headers(test_panels PRIVATE ${common} <QtWidgets> ${CMAKE_SOURCE_DIR}/core/host/rehearsal.h)
    elseif(name STREQUAL story)
        target_precompile_headers(test_story PRIVATE ${common} ${CMAKE_SOURCE_DIR}/ui/story/story.h)
    else()
        target_precompile_headers(test_${name} PRIVATE ${common})
    endif()
endfunction()

function(sluice_test name)
    cmake_parse_arguments(ARG "IN_UNITS" "" "LINKS;PACKAGES" ${ARGN})
    file(GLOB_RECURSE tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_test.cpp)
    if(NOT tests)
        return()
    endif()
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    add_executable(test_${name} ${sources} ${CMAKE_SOURCE_DIR}/tests/support/main.cpp)
    set_target_properties(test_${name} PROPERTIES AUTOMOC ON UNITY_BUILD_BATCH_SIZE 3)
    if(ARG_IN_UNITS)
        # A test's class may have members of its file's own types: nobody else includes it.
        target_compile_options(test_${name} PRIVATE -Wno-subobject-linkage)
    else()
        set_target_properties(test_${name} PROPERTIES UNITY_BUILD OFF)
    endif()
    # moc 6.4 can't parse libstdc++'s <concepts> when it comes first (by <compare>); its own guard makes moc skip it.
    set_target_properties(test_${name} PROPERTIES AUTOMOC_MOC_OPTIONS "-D_GLIBCXX_CONCEPTS")
    target_include_directories(test_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
    target_compile_definitions(test_${name} PRIVATE SLUICE_SOURCE_DIR="${CMAKE_SOURCE_DIR}" SLUICE_BINARY_DIR="${CMAKE_BINARY_DIR}")
    list(TRANSFORM ARG_LINKS PREPEND sluice_)
    target_link_libraries(test_${name} PRIVATE ${ARG_LINKS} ${ARG_PACKAGES} Qt6::Test)
    if(RAPIDCHECK_LIBRARY)
        target_link_libraries(test_${name} PRIVATE ${RAPIDCHECK_LIBRARY})
    endif()
    # What is tested is optimised and has symbols; the tests themselves need not wait for either.
    target_compile_options(test_${name} PRIVATE $<$<CONFIG:RelWithDebInfo>:-O1 -g0>)
    sluice_precompile_test(${name})
    foreach(test IN LISTS tests)
        get_filename_component(base ${test} NAME_WE)
        add_test(NAME ${name}.${base} COMMAND test_${name} ${base})
        set_tests_properties(${name}.${base} PROPERTIES ENVIRONMENT "QT_QPA_PLATFORM=offscreen;LC_ALL=C.UTF-8;TZ=UTC" TIMEOUT 900)
    endforeach()
endfunction()
