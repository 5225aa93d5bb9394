#include "accel/engine.h"

#include <array>

#include "accel/device/backends.h"
#include "accel/device/records.h"

namespace npk {
namespace {

constexpr std::array<std::string_view, 3> kBackendNames = {"cpu", "opencl", "cuda"};
constexpr std::array<std::string_view, 4> kModeNames = {"off", "auto", "opencl", "cuda"};

template <class Enum, std::size_t kCount>
std::optional<Enum> value_named(const std::array<std::string_view, kCount>& names, std::string_view name) noexcept {
  for (std::size_t i = 0; i < kCount; ++i)
    if (names[i] == name) return static_cast<Enum>(i);
  return std::nullopt;
}

}  // namespace

std::string_view name_of(AccelBackend backend) noexcept { return kBackendNames[static_cast<std::size_t>(backend)]; }
std::string_view name_of(AccelMode mode) noexcept { return kModeNames[static_cast<std::size_t>(mode)]; }
std::optional<AccelBackend> accel_backend_of(std::string_view name) noexcept { return value_named<AccelBackend>(kBackendNames, name); }
std::optional<AccelMode> accel_mode_of(std::string_view name) noexcept { return value_named<AccelMode>(kModeNames, name); }

std::vector<AccelDevice> accel_devices() { return accel::find_devices(); }

namespace accel {

std::vector<AccelDevice> find_devices(const Drivers& drivers) {
  std::vector<AccelDevice> devices = find_cuda(drivers);
  const std::vector<AccelDevice> opencl = find_opencl(drivers);
  devices.insert(devices.end(), opencl.begin(), opencl.end());
  devices.push_back(cpu_device());
  return devices;
}

Result<std::unique_ptr<Engine>> open_engine(AccelBackend backend, std::size_t number, const Drivers& drivers) {
  if (drivers.group_size > kLargestGroup) return fail(Errc::misuse, "groups have at most 256 work items");
  switch (backend) {
    case AccelBackend::cuda: return open_cuda(number, drivers);
    case AccelBackend::opencl: return open_opencl(number, drivers);
    case AccelBackend::cpu: break;
  }
  if (number != 0) return fail(Errc::unsupported, "there is one processor backend");
  return open_cpu();
}

}  // namespace accel
}  // namespace npk
