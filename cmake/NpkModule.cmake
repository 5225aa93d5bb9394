# npk_module(NAME [HEADER_ONLY] SOURCES a.cc … DEPENDS npk_format … [PRIVATE_LIBRARIES zstd …])
# One static library per module. DEPENDS names modules only; tests/structure checks them against the edge table.
function(npk_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PRIVATE_LIBRARIES" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/libnpk/include> $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/libnpk>)
  target_link_libraries(${name} PUBLIC ${ARG_DEPENDS} PRIVATE npk_warnings ${ARG_PRIVATE_LIBRARIES})
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
endfunction()

# npk_test(NAME SOURCES … DEPENDS …): one GoogleTest program, every case a ctest test.
function(npk_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  if(NOT NPK_BUILD_TESTS)
    return()
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} npk_warnings GTest::gmock GTest::gtest GTest::gtest_main)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 600)
endfunction()

# npk_bench(NAME SOURCES … DEPENDS …): one Google Benchmark program.
function(npk_bench name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  if(NOT NPK_BUILD_BENCH)
    return()
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} npk_warnings benchmark::benchmark benchmark::benchmark_main)
endfunction()
