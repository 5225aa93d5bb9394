#include "accel/device/opencl_driver.h"

namespace npk::accel {

Result<std::shared_ptr<const OpenClDriver>> OpenClDriver::load(const std::string& name) {
  const SharedLibrary library(name);
  if (!library.is_loaded()) return fail(Errc::unsupported, "there is no OpenCL library '" + name + "'");
  auto driver = std::make_shared<OpenClDriver>();
  bool complete = true;
#define NPK_FIND(function)                                            \
  {                                                                   \
    std::remove_pointer_t<decltype(driver->function)>* found = nullptr; \
    complete = library.find(found, #function) && complete;            \
    driver->function = found;                                         \
  }
  NPK_OPENCL_FUNCTIONS(NPK_FIND)
#undef NPK_FIND
  if (!complete) return fail(Errc::unsupported, "the OpenCL library '" + name + "' lacks functions of OpenCL 1.2");
  return driver;
}

std::unexpected<Error> opencl_failed(const char* call, cl_int code) {
  const bool short_of_memory =
      code == CL_MEM_OBJECT_ALLOCATION_FAILURE || code == CL_OUT_OF_RESOURCES || code == CL_OUT_OF_HOST_MEMORY || code == CL_INVALID_BUFFER_SIZE;
  return fail(short_of_memory ? Errc::limit : Errc::io, std::string("OpenCL: ") + call + " failed with " + std::to_string(code));
}

}  // namespace npk::accel
