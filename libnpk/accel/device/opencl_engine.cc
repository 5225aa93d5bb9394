#include <algorithm>

#include "accel/device/backends.h"
#include "accel/device/device_engine.h"
#include "accel/device/opencl_driver.h"
#include "accel/device/opencl_queue.h"

namespace npk::accel {
namespace {

using Driver = std::shared_ptr<const OpenClDriver>;

template <class T>
T info_of(const OpenClDriver& cl, cl_device_id device, cl_device_info which) {
  T value{};
  return cl.clGetDeviceInfo(device, which, sizeof value, &value, nullptr) == CL_SUCCESS ? value : T{};
}

std::string text_of(const OpenClDriver& cl, cl_device_id device, cl_device_info which) {
  std::size_t size = 0;
  if (cl.clGetDeviceInfo(device, which, 0, nullptr, &size) != CL_SUCCESS || size == 0) return {};
  std::string text(size, '\0');
  if (cl.clGetDeviceInfo(device, which, size, text.data(), nullptr) != CL_SUCCESS) return {};
  return text.substr(0, text.find('\0'));
}

// Devices that can run the kernels, all platforms one after another.
std::vector<cl_device_id> devices_of(const OpenClDriver& cl) {
  cl_uint count = 0;
  if (cl.clGetPlatformIDs(0, nullptr, &count) != CL_SUCCESS || count == 0) return {};
  std::vector<cl_platform_id> platforms(count);
  if (cl.clGetPlatformIDs(count, platforms.data(), nullptr) != CL_SUCCESS) return {};
  std::vector<cl_device_id> all;
  for (const cl_platform_id platform : platforms) {
    if (cl.clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, nullptr, &count) != CL_SUCCESS || count == 0) continue;
    std::vector<cl_device_id> devices(count);
    if (cl.clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, count, devices.data(), nullptr) == CL_SUCCESS) all.insert(all.end(), devices.begin(), devices.end());
  }
  std::erase_if(all, [&cl](cl_device_id device) {
    return info_of<cl_bool>(cl, device, CL_DEVICE_AVAILABLE) == CL_FALSE || info_of<cl_bool>(cl, device, CL_DEVICE_COMPILER_AVAILABLE) == CL_FALSE ||
           info_of<cl_bool>(cl, device, CL_DEVICE_ENDIAN_LITTLE) == CL_FALSE ||
           info_of<std::size_t>(cl, device, CL_DEVICE_MAX_WORK_GROUP_SIZE) < kLargestGroup || info_of<cl_uint>(cl, device, CL_DEVICE_ADDRESS_BITS) != 64;
  });
  return all;
}

AccelDevice describe(const OpenClDriver& cl, cl_device_id id, std::size_t number) {
  return {.backend = AccelBackend::opencl,
          .number = number,
          .name = text_of(cl, id, CL_DEVICE_NAME),
          .driver = text_of(cl, id, CL_DEVICE_VERSION) + ", driver " + text_of(cl, id, CL_DRIVER_VERSION),
          .memory_bytes = info_of<cl_ulong>(cl, id, CL_DEVICE_GLOBAL_MEM_SIZE),
          .largest_allocation_bytes = info_of<cl_ulong>(cl, id, CL_DEVICE_MAX_MEM_ALLOC_SIZE),
          .units = info_of<cl_uint>(cl, id, CL_DEVICE_MAX_COMPUTE_UNITS),
          .is_processor = (info_of<cl_device_type>(cl, id, CL_DEVICE_TYPE) & CL_DEVICE_TYPE_CPU) != 0};
}

class OpenClEngine final : public DeviceEngine {
 public:
  OpenClEngine(std::shared_ptr<const OpenClContext> context, AccelDevice device, const GroupSizes& groups)
      : DeviceEngine(std::move(device), groups), context_(std::move(context)) {}

  Result<std::unique_ptr<HostBuffer>> allocate(std::size_t bytes) override { return make_opencl_host_buffer(context_, bytes); }

 private:
  Result<std::unique_ptr<DeviceQueue>> open_device_queue() override { return make_opencl_queue(context_, device().largest_allocation_bytes); }

  std::shared_ptr<const OpenClContext> context_;
};

}  // namespace

std::vector<AccelDevice> find_opencl(const Drivers& drivers) {
  const auto driver = OpenClDriver::load(drivers.opencl);
  if (!driver) return {};
  std::vector<AccelDevice> found;
  for (const cl_device_id id : devices_of(**driver)) found.push_back(describe(**driver, id, found.size()));
  return found;
}

Result<std::unique_ptr<Engine>> open_opencl(std::size_t number, const Drivers& drivers) {
  NPK_ASSIGN(Driver driver, OpenClDriver::load(drivers.opencl));
  const std::vector<cl_device_id> devices = devices_of(*driver);
  if (number >= devices.size()) return fail(Errc::unsupported, "there are " + std::to_string(devices.size()) + " OpenCL devices that can run the kernels");
  AccelDevice device = describe(*driver, devices[number], number);
  const GroupSizes groups = group_sizes(device.is_processor, drivers.group_size);
  NPK_ASSIGN(auto context, OpenClContext::open(std::move(driver), devices[number]));
  return std::make_unique<OpenClEngine>(std::move(context), std::move(device), groups);
}

}  // namespace npk::accel
