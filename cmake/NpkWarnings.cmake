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
  add_compile_options(-fsanitize=${NPK_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
  add_link_options(-fsanitize=${NPK_SANITIZE})
endif()
