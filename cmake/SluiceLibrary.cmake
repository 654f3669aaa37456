# The borders of core/ (DESIGN.md, "Layout"): one folder, one library, and a library sees only those before it.
# Refused here, at configure time, so that no build of a crossed border exists.

set(SLUICE_ORDER base series plan analysis release session net kubernetes kafka sources effects engine report range host)
set(SLUICE_PLAIN base series plan analysis release session)   # plain C++, no Qt

# The rooms of ui/, as much in order; each may link any of core/.
set(SLUICE_UI_ORDER theme story charts panels screens)
set(SLUICE_WITH_GUI charts panels screens) # all but story, which has no widget, and theme, the first

# sluice_library(NAME [LINKS other sluice libraries] [PACKAGES imported targets])
# Takes every .cpp of the calling folder (sub-folders too).
function(sluice_library name)
    cmake_parse_arguments(ARG "" "" "LINKS;PACKAGES;PRIVATE_PACKAGES" ${ARGN})
    list(FIND SLUICE_ORDER ${name} own)
    if(own LESS 0)
        message(FATAL_ERROR "core/${name}: not in SLUICE_ORDER (cmake/SluiceLibrary.cmake); a new library needs its place there")
    endif()
    foreach(link IN LISTS ARG_LINKS)
        list(FIND SLUICE_ORDER ${link} other)
        if(other LESS 0 OR NOT other LESS own)
            message(FATAL_ERROR "core/${name} may not link core/${link}: a library links only those before it")
        endif()
    endforeach()

    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.h)
    sluice_check_borders(${name} "${ARG_LINKS}" ${sources} ${headers})

    add_library(sluice_${name} STATIC ${sources})
    target_include_directories(sluice_${name} PUBLIC ${CMAKE_SOURCE_DIR}/core)
    list(TRANSFORM ARG_LINKS PREPEND sluice_)
    target_link_libraries(sluice_${name} PUBLIC ${ARG_LINKS} ${ARG_PACKAGES} PRIVATE ${ARG_PRIVATE_PACKAGES})
    sluice_precompile(${name})
endfunction()

# One precompiled header for the plain libraries and one for those on Qt Network, made with the first of each: making it
# costs as much as several files. What has compile definitions of its own makes its own.
set(SLUICE_PRECOMPILED <string> <vector> <map> <functional> <optional> <variant> <nlohmann/json.hpp> <fmt/format.h>)
set(SLUICE_ON_NET kubernetes kafka sources effects engine report range host)

function(sluice_precompile name)
    if(name IN_LIST SLUICE_PLAIN AND NOT name STREQUAL base)
        target_precompile_headers(sluice_${name} REUSE_FROM sluice_base)
    elseif(name IN_LIST SLUICE_ON_NET)
        target_precompile_headers(sluice_${name} REUSE_FROM sluice_net)
    else()
        target_precompile_headers(sluice_${name} PRIVATE ${SLUICE_PRECOMPILED})
    endif()
endfunction()

function(sluice_check_borders name links)
    foreach(file IN LISTS ARGN)
        file(STRINGS ${file} includes REGEX "^#include [<\"]")
        foreach(line IN LISTS includes)
            if(line MATCHES "^#include \"([a-z]+)/")
                set(target ${CMAKE_MATCH_1})
                if(NOT target STREQUAL name AND target IN_LIST SLUICE_ORDER AND NOT target IN_LIST links)
                    message(FATAL_ERROR "${file}: includes ${target}/, which core/${name} does not link")
                endif()
            endif()
            if(name IN_LIST SLUICE_PLAIN AND line MATCHES "^#include <Q")
                message(FATAL_ERROR "${file}: core/${name} is plain C++, without Qt")
            endif()
            if(line MATCHES "^#include <(Q(Widget|Application|Painter|Pixmap|Chart|Gui|Window|Color|Font)|QtGui|QtWidgets|QtCharts)")
                message(FATAL_ERROR "${file}: core/ has no GUI")
            endif()
        endforeach()
    endforeach()
endfunction()

# sluice_ui(NAME [LINKS other sluice libraries] [PACKAGES imported targets]): the same for a folder of ui/.
# theme, story: what is shown, without a widget; charts, panels, screens: what shows it.
function(sluice_ui name)
    cmake_parse_arguments(ARG "" "" "LINKS;PACKAGES" ${ARGN})
    list(FIND SLUICE_UI_ORDER ${name} own)
    if(own LESS 0)
        message(FATAL_ERROR "ui/${name}: not in SLUICE_UI_ORDER (cmake/SluiceLibrary.cmake); a new room needs its place there")
    endif()
    foreach(link IN LISTS ARG_LINKS)
        list(FIND SLUICE_UI_ORDER ${link} other)
        if(NOT link IN_LIST SLUICE_ORDER AND (other LESS 0 OR NOT other LESS own))
            message(FATAL_ERROR "ui/${name} may not link ui/${link}: a room links only those before it")
        endif()
    endforeach()

    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.h)
    add_library(sluice_${name} STATIC ${sources} ${headers})
    set_target_properties(sluice_${name} PROPERTIES AUTOMOC ON AUTOMOC_MOC_OPTIONS "-D_GLIBCXX_CONCEPTS")
    target_include_directories(sluice_${name} PUBLIC ${CMAKE_SOURCE_DIR}/core ${CMAKE_SOURCE_DIR}/ui)
    list(TRANSFORM ARG_LINKS PREPEND sluice_)
    target_link_libraries(sluice_${name} PUBLIC ${ARG_LINKS} ${ARG_PACKAGES})
    # GCC takes it for a target that defines all that its maker defines, and more: theme is the least of those with a GUI.
    if(name IN_LIST SLUICE_WITH_GUI)
        target_precompile_headers(sluice_${name} REUSE_FROM sluice_theme)
    else()
        target_precompile_headers(sluice_${name} PRIVATE <string> <vector> <map> <functional> <optional> <variant> <QString>)
    endif()
endfunction()
