# Flags every target of this project is compiled with; warnings are errors.
add_library(npk_warnings INTERFACE)
target_compile_options(npk_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
  -Woverloaded-virtual -Wimplicit-fallthrough -Werror)
# GCC 12's flow-based guesses are wrong at -O3 about memcpy into a growing std::vector or std::string (GCC bugs 105329,
# 107852) and about std::expected's value; the sanitizers and clang's own warnings look for the real thing.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(npk_warnings INTERFACE
    -Wno-array-bounds -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-stringop-overread -Wno-restrict)
endif()
# Designated initializers leave out what has a default on purpose; clang 19 has a warning of its own for that.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(npk_warnings INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wno-missing-field-initializers> $<$<COMPILE_LANGUAGE:CXX>:-Wno-unknown-warning-option>
    $<$<COMPILE_LANGUAGE:CXX>:-Wno-missing-designated-field-initializers>)
endif()
if(NPK_SANITIZE)
  add_compile_options(-fsanitize=${NPK_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${NPK_SANITIZE})
endif()

# npk_quick_build(TARGET): for sources whose own speed matters little where they are tested. Optimised they take twice as long to compile under
# sanitizers, and their checks are the same.
function(npk_quick_build target)
  if(NPK_SANITIZE AND NOT NPK_FUZZ)
    target_compile_options(${target} PRIVATE -O0)
  elseif(NPK_QUICK_BUILD)
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
  endif()
  get_target_property(type ${target} TYPE)
  if(NPK_QUICK_BUILD AND NOT NPK_SANITIZE AND type STREQUAL "EXECUTABLE")
    npk_share_quick_headers(${target})
  else()
    set_target_properties(${target} PROPERTIES DISABLE_PRECOMPILE_HEADERS ON)
  endif()
endfunction()

# The standard headers that small programs include, read once for all of them.
function(npk_share_quick_headers target)
  if(NOT TARGET npk_quick_headers)
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/npk_quick_headers.cc CONTENT "")
    add_library(npk_quick_headers OBJECT ${PROJECT_BINARY_DIR}/npk_quick_headers.cc)
    target_link_libraries(npk_quick_headers PRIVATE npk_warnings)
    target_compile_options(npk_quick_headers PRIVATE $<$<CONFIG:Release>:-O1>)
    target_precompile_headers(npk_quick_headers PRIVATE
      <algorithm> <array> <atomic> <bit> <chrono> <cstring> <expected> <functional> <map> <memory> <optional> <random> <span> <string> <string_view>
      <thread> <utility> <vector>)
  endif()
  target_precompile_headers(${target} REUSE_FROM npk_quick_headers)
endfunction()

# npk_quick_test(TARGET): for test programs. They make and compare much data, so -Og it is; what the undefined-behaviour sanitizer would add to the
# code of tests themselves costs a third of the time to compile them. The library has it all.
function(npk_quick_test target)
  if(NOT NPK_SANITIZE)
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-Og>)
  elseif(NPK_SANITIZE MATCHES "undefined")
    target_compile_options(${target} PRIVATE -fno-sanitize=undefined)
  endif()
endfunction()
