# Target npk_blake3: a system libblake3, else the official C and assembly sources that Debian's librust-blake3-dev carries.
pkg_check_modules(blake3 QUIET IMPORTED_TARGET libblake3)
if(blake3_FOUND)
  add_library(npk_blake3 INTERFACE)
  target_link_libraries(npk_blake3 INTERFACE PkgConfig::blake3)
  return()
endif()

file(GLOB npk_blake3_candidates LIST_DIRECTORIES true /usr/share/cargo/registry/blake3-*/c)
list(SORT npk_blake3_candidates COMPARE NATURAL ORDER DESCENDING)
list(APPEND npk_blake3_candidates "")
list(GET npk_blake3_candidates 0 npk_blake3_detected)
set(NPK_BLAKE3_SOURCES "${npk_blake3_detected}" CACHE PATH "Directory of BLAKE3's official C sources (blake3.c, …)")
if(NOT EXISTS "${NPK_BLAKE3_SOURCES}/blake3.c")
  message(FATAL_ERROR "BLAKE3 not found: install Debian's librust-blake3-dev (apt-get install --no-install-recommends "
    "librust-blake3-dev), or a libblake3 with its pkg-config file, or set NPK_BLAKE3_SOURCES to its C sources")
endif()

set(npk_blake3_files blake3.c blake3_dispatch.c blake3_portable.c)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$" AND CMAKE_SIZEOF_VOID_P EQUAL 8)
  enable_language(ASM)
  foreach(isa sse2 sse41 avx2 avx512)
    list(APPEND npk_blake3_files blake3_${isa}_x86-64_unix.S)
  endforeach()
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
  list(APPEND npk_blake3_files blake3_neon.c)
endif()
list(TRANSFORM npk_blake3_files PREPEND "${NPK_BLAKE3_SOURCES}/")

add_library(npk_blake3 STATIC ${npk_blake3_files})
target_include_directories(npk_blake3 SYSTEM PUBLIC $<BUILD_INTERFACE:${NPK_BLAKE3_SOURCES}>)
# Not our code: neither our warnings nor (its CPU detection is a benign race) our sanitizers.
target_compile_options(npk_blake3 PRIVATE -w $<$<BOOL:${NPK_SANITIZE}>:-fno-sanitize=all>)
set_target_properties(npk_blake3 PROPERTIES POSITION_INDEPENDENT_CODE ON)
