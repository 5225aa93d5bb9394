// A driver's library, loaded when it is first asked for and kept: drivers do not bear being unloaded.
#pragma once

#include <string>

namespace npk::accel {

class SharedLibrary {
 public:
  explicit SharedLibrary(const std::string& name);
  [[nodiscard]] bool is_loaded() const noexcept { return handle_ != nullptr; }
  // Where the library does not have it: null.
  template <class Function>
  [[nodiscard]] bool find(Function*& function, const char* name) const noexcept {
    function = reinterpret_cast<Function*>(symbol(name));
    return function != nullptr;
  }

 private:
  [[nodiscard]] void* symbol(const char* name) const noexcept;
  void* handle_;
};

}  // namespace npk::accel
