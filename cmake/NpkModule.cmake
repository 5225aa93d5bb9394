# npk_share_module_headers(TARGET): with NPK_QUICK_BUILD, the standard headers that most sources of modules include are read once for all.
# They go before every source, so that a missing #include is not seen: builds without this are what shows it.
function(npk_share_module_headers target)
  if(NOT NPK_QUICK_BUILD)
    return()
  endif()
  if(NOT TARGET npk_module_headers)
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/npk_module_headers.cc CONTENT "")
    add_library(npk_module_headers OBJECT ${PROJECT_BINARY_DIR}/npk_module_headers.cc)
    target_link_libraries(npk_module_headers PRIVATE npk_warnings)
    set_target_properties(npk_module_headers PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_precompile_headers(npk_module_headers PRIVATE
      <algorithm> <array> <atomic> <bit> <chrono> <cstring> <expected> <functional> <map> <memory> <mutex> <optional> <span> <stop_token> <string>
      <string_view> <unordered_map> <utility> <vector>)
  endif()
  target_precompile_headers(${target} REUSE_FROM npk_module_headers)
endfunction()

# npk_join_module_sources(TARGET): with NPK_QUICK_BUILD, sources go to the compiler eight at once, which halves its time where all are built. No two
# of a module may then use a name for two things at namespace scope, an unnamed one's included.
function(npk_join_module_sources target)
  if(NPK_QUICK_BUILD)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      target_compile_options(${target} PRIVATE -Wno-subobject-linkage)  # of classes that only one source sees
    endif()
  endif()
endfunction()

# npk_module(NAME [JOINED] SOURCES a.cc … DEPENDS npk_format … [PRIVATE_LIBRARIES PkgConfig::zstd …])
# One static library per module. DEPENDS names modules only; tests/structure checks them against its edge table.
# Modules are internal: libnpk/CMakeLists.txt joins them to the installed libraries.
function(npk_module name)
  cmake_parse_arguments(ARG "JOINED" "" "SOURCES;DEPENDS;PRIVATE_LIBRARIES" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/libnpk/include> $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/libnpk>)
  target_link_libraries(${name} PUBLIC ${ARG_DEPENDS} PRIVATE npk_warnings ${ARG_PRIVATE_LIBRARIES})
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  npk_share_module_headers(${name})
  if(ARG_JOINED)
    npk_join_module_sources(${name})
  endif()
  set_property(GLOBAL APPEND PROPERTY NPK_MODULES ${name})
  list(JOIN ARG_DEPENDS " " edges)
  set_property(GLOBAL APPEND PROPERTY NPK_MODULE_EDGES "${name} ${edges}")
endfunction()

# GoogleTest's headers and what most tests include besides, read once for all: under sanitizers that saves 2 to 4 s of each dozen sources.
function(npk_share_test_headers target)
  if(NOT NPK_SANITIZE AND NOT NPK_QUICK_BUILD)
    return()
  endif()
  if(NOT TARGET npk_test_headers)
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/npk_test_headers.cc CONTENT "")
    add_library(npk_test_headers OBJECT ${PROJECT_BINARY_DIR}/npk_test_headers.cc)
    target_link_libraries(npk_test_headers PRIVATE npk_warnings GTest::gmock GTest::gtest)
    target_precompile_headers(npk_test_headers PRIVATE
      <gmock/gmock.h> <gtest/gtest.h> <algorithm> <functional> <map> <memory> <random> <set> <span> <string> <thread> <vector>)
    npk_quick_test(npk_test_headers)
  endif()
  target_precompile_headers(${target} REUSE_FROM npk_test_headers)
endfunction()

# npk_join_sources(TARGET): the sources of a test program a dozen to the compiler at once: the headers they share are most of the work.
# Every source includes what it uses all the same; -DNPK_JOIN_TEST_SOURCES=OFF compiles each alone.
function(npk_join_sources target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${NPK_JOIN_TEST_SOURCES} UNITY_BUILD_BATCH_SIZE 12)
endfunction()

# npk_test(NAME SOURCES … DEPENDS … [LABELS threads soak]): one GoogleTest program, every case a ctest test.
# Its ctest label is `unit`, or `unit-threads` and the like. Say `threads` where more than one thread runs: tests/run puts those under the
# thread sanitizer too; `soak` where it takes long: tests/run leaves those out without --soak.
function(npk_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LABELS" ${ARGN})
  if(NOT NPK_BUILD_TESTS)
    return()
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} npk_warnings GTest::gmock GTest::gtest GTest::gtest_main)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  npk_quick_test(${name})
  npk_join_sources(${name})
  npk_share_test_headers(${name})
  # One label, as discovery does not keep a list together; ctest -L looks for a part of it.
  list(PREPEND ARG_LABELS unit)
  list(JOIN ARG_LABELS "-" label)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 600 LABELS ${label})
  add_dependencies(npk_sanitized_tests ${name})
  if("threads" IN_LIST ARG_LABELS)
    add_dependencies(npk_threaded_tests ${name})
  endif()
endfunction()

# npk_bench(NAME SOURCES … DEPENDS …): one Google Benchmark program.
function(npk_bench name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  if(NOT NPK_BUILD_BENCH)
    return()
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} npk_warnings benchmark::benchmark benchmark::benchmark_main)
  npk_quick_build(${name})
endfunction()

# npk_links_of(FILE VARIABLE): the targets on the line `// links: a b` of a source file.
function(npk_links_of file variable)
  file(STRINGS ${file} line REGEX "^// links: " LIMIT_COUNT 1)
  if(NOT line)
    message(FATAL_ERROR "${file} has no line `// links: TARGET…`")
  endif()
  string(REGEX REPLACE "^// links: *" "" targets "${line}")
  separate_arguments(targets)
  set(${variable} ${targets} PARENT_SCOPE)
endfunction()
