// In place of the backend where OpenCL's headers were not there.
#include "accel/device/backends.h"

namespace npk::accel {

std::vector<AccelDevice> find_opencl(const Drivers&) { return {}; }
Result<std::unique_ptr<Engine>> open_opencl(std::size_t, const Drivers&) { return fail(Errc::unsupported, "this build has no OpenCL backend"); }

}  // namespace npk::accel
