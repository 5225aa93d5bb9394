# Flags every target of this project is compiled with; warnings are errors.
add_library(npk_warnings INTERFACE)
target_compile_options(npk_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
  -Woverloaded-virtual -Wimplicit-fallthrough -Werror)
if(NPK_SANITIZE)
  add_compile_options(-fsanitize=${NPK_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
  add_link_options(-fsanitize=${NPK_SANITIZE})
endif()
