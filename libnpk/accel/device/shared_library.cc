#include "accel/device/shared_library.h"

#include <dlfcn.h>

namespace npk::accel {

SharedLibrary::SharedLibrary(const std::string& name) : handle_(name.empty() ? nullptr : ::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL)) {}

void* SharedLibrary::symbol(const char* name) const noexcept { return handle_ == nullptr ? nullptr : ::dlsym(handle_, name); }

}  // namespace npk::accel
