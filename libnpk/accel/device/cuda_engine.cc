#include <array>

#include "accel/device/backends.h"
#include "accel/device/cuda_queue.h"
#include "accel/device/device_engine.h"

namespace npk::accel {

Result<std::shared_ptr<const CudaContext>> CudaContext::open(std::shared_ptr<const CudaDriver> driver, cuda::Device device, ByteView image) {
  auto made = std::make_shared<CudaContext>(std::move(driver), device);
  NPK_TRY(made->load(image));
  return made;
}

CudaContext::~CudaContext() {
  if (context_ == nullptr) return;
  {
    const CurrentContext current(*driver_, context_);
    if (module_ != nullptr) driver_->cuModuleUnload(module_);
  }
  driver_->cuDevicePrimaryCtxRelease_v2(device_);
}

Result<void> CudaContext::load(ByteView image) {
  NPK_CU(*driver_, cuDevicePrimaryCtxRetain, &context_, device_);
  const CurrentContext current(*driver_, context_);
  NPK_TRY(current.check());
  NPK_CU(*driver_, cuModuleLoadData, &module_, image.data());
  for (std::size_t i = 0; i < functions_.size(); ++i) NPK_CU(*driver_, cuModuleGetFunction, &functions_[i], module_, kKernelNames[i]);
  return {};
}

namespace {

constexpr int kLeastMajor = 8;  // sm_80

std::vector<cuda::Device> devices_of(const CudaDriver& driver) {
  int count = 0;
  if (driver.cuDeviceGetCount(&count) != 0) return {};
  std::vector<cuda::Device> devices;
  for (int i = 0; i < count; ++i) {
    cuda::Device device = 0;
    int major = 0;
    if (driver.cuDeviceGet(&device, i) != 0 || driver.cuDeviceGetAttribute(&major, cuda::kCapabilityMajor, device) != 0) continue;
    if (major >= kLeastMajor) devices.push_back(device);
  }
  return devices;
}

AccelDevice describe(const CudaDriver& driver, cuda::Device id, std::size_t number) {
  AccelDevice device{.backend = AccelBackend::cuda, .number = number};
  std::array<char, 256> name{};
  if (driver.cuDeviceGetName(name.data(), static_cast<int>(name.size() - 1), id) == 0) device.name = name.data();
  int version = 0, major = 0, minor = 0, units = 0;
  if (driver.cuDriverGetVersion(&version) != 0) version = 0;
  driver.cuDeviceGetAttribute(&major, cuda::kCapabilityMajor, id);
  driver.cuDeviceGetAttribute(&minor, cuda::kCapabilityMinor, id);
  driver.cuDeviceGetAttribute(&units, cuda::kMultiprocessors, id);
  std::size_t bytes = 0;
  if (driver.cuDeviceTotalMem_v2(&bytes, id) != 0) bytes = 0;
  device.driver =
      "CUDA " + std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10) + ", sm_" + std::to_string(major) + std::to_string(minor);
  device.memory_bytes = device.largest_allocation_bytes = bytes;
  device.units = static_cast<std::uint32_t>(units);
  return device;
}

ByteView image_of(const Drivers& drivers) noexcept { return drivers.cuda_image.empty() ? built_in_cuda_image() : drivers.cuda_image; }

class CudaEngine final : public DeviceEngine {
 public:
  CudaEngine(std::shared_ptr<const CudaContext> context, AccelDevice device, const GroupSizes& groups)
      : DeviceEngine(std::move(device), groups), context_(std::move(context)) {}

  Result<std::unique_ptr<HostBuffer>> allocate(std::size_t bytes) override { return make_cuda_host_buffer(context_, bytes); }

 private:
  Result<std::unique_ptr<DeviceQueue>> open_device_queue() override { return make_cuda_queue(context_); }

  std::shared_ptr<const CudaContext> context_;
};

}  // namespace

std::vector<AccelDevice> find_cuda(const Drivers& drivers) {
  if (image_of(drivers).empty()) return {};
  const auto driver = CudaDriver::load(drivers.cuda);
  if (!driver) return {};
  std::vector<AccelDevice> found;
  for (const cuda::Device id : devices_of(**driver)) found.push_back(describe(**driver, id, found.size()));
  return found;
}

Result<std::unique_ptr<Engine>> open_cuda(std::size_t number, const Drivers& drivers) {
  const ByteView image = image_of(drivers);
  if (image.empty()) return fail(Errc::unsupported, "this build has no CUDA kernels");
  NPK_ASSIGN(auto driver, CudaDriver::load(drivers.cuda));
  const std::vector<cuda::Device> devices = devices_of(*driver);
  if (number >= devices.size())
    return fail(Errc::unsupported, "there are " + std::to_string(devices.size()) + " CUDA devices of compute capability 8.0 or above");
  AccelDevice device = describe(*driver, devices[number], number);
  NPK_ASSIGN(auto context, CudaContext::open(std::move(driver), devices[number], image));
  return std::make_unique<CudaEngine>(std::move(context), std::move(device), group_sizes(false, drivers.group_size));
}

}  // namespace npk::accel
