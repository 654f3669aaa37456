# Compiler, linker and cache: quick builds first, then warnings, then sanitizers.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE_PROGRAM})
endif()
# Several files of a library are compiled together where the preset asks for it (all but dev): what nlohmann/json and Qt
# make each file compile again is compiled once. Few enough that a touched file does not take all the others with it.
set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)

find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
    add_link_options(-fuse-ld=mold)
endif()

# RelWithDebInfo is the default: -O2 with symbols. -g1 keeps backtraces and halves the time that debug info costs.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -gz")

# GCC 12 sees uninitialised members in nlohmann/json and date at -O2 that are none.
add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Winvalid-pch -fno-semantic-interposition)
# -fpch-preprocess is what lets ccache work with precompiled headers. clang-tidy, which reads the commands of the preset
# without them, does not know it.
if(NOT CMAKE_DISABLE_PRECOMPILE_HEADERS)
    add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()
if(SLUICE_WERROR)
    add_compile_options(-Werror)
endif()
if(SLUICE_SANITIZE)
    add_compile_options(-fsanitize=${SLUICE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${SLUICE_SANITIZE})
endif()
if(SLUICE_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
# moc reads our headers and needs no library: without this it would wait for all that its target links.
set(CMAKE_AUTOGEN_ORIGIN_DEPENDS OFF)
