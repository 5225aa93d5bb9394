// Devices for batches of heavy work: the processor, OpenCL devices, CUDA devices. What comes out of an operation is the same
// on each of them; only the time differs.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "npk/result.h"

namespace npk {

enum class AccelBackend : std::uint8_t { cpu, opencl, cuda };

// "cpu", "opencl", "cuda": stable.
[[nodiscard]] std::string_view name_of(AccelBackend backend) noexcept;
[[nodiscard]] std::optional<AccelBackend> accel_backend_of(std::string_view name) noexcept;

// What an operation is to use.
enum class AccelMode : std::uint8_t {
  off,        // the processor alone, as if there were no backends
  automatic,  // a device where it has been measured to be faster, else the processor
  opencl,     // that backend, or an error
  cuda,
};
[[nodiscard]] std::string_view name_of(AccelMode mode) noexcept;  // "off", "auto", "opencl", "cuda"
[[nodiscard]] std::optional<AccelMode> accel_mode_of(std::string_view name) noexcept;

struct AccelDevice {
  AccelBackend backend{};
  std::size_t number = 0;        // among the backend's
  std::string name = {};
  std::string driver = {};       // its name and version
  std::uint64_t memory_bytes = 0;
  std::uint64_t largest_allocation_bytes = 0;
  std::uint32_t units = 0;       // that compute at once: cores, multiprocessors
  bool is_processor = false;     // kernels run on the processor's cores
};

// Bytes a second, from memory to memory; 0: not measured.
struct AccelRates {
  double device = 0, processor = 0;
};

// What an operation used, and why.
struct AccelUse {
  AccelMode asked = AccelMode::off;
  std::optional<AccelDevice> device = {};  // none: the processor, as ever
  std::string reason = {};                 // one clause; empty: off
  AccelRates hash_rates = {}, cut_rates = {};  // as `automatic` measured them, by as many threads as there were to be
  std::uint64_t batches = 0, kernels = 0;
  std::uint64_t hashed_bytes = 0, cut_bytes = 0;  // that the device hashed, and that it looked for cuts in
  std::uint64_t kernel_nanoseconds = 0, transfer_nanoseconds = 0;  // by the device's clock
};

// Devices that can be used now, CUDA's first, the processor last. Loads the drivers that are there. Any thread.
[[nodiscard]] std::vector<AccelDevice> accel_devices();

// Times of one operation on one device.
struct AccelMeasurement {
  AccelDevice device;
  std::string operation;              // "blake3", …
  std::uint64_t input_bytes = 0;      // of a batch
  std::uint64_t output_bytes = 0;
  std::uint64_t items = 0;
  std::uint64_t batches = 0;          // measured; the times are of the quickest
  std::uint64_t host_nanoseconds = 0;      // from the caller's memory to the caller's memory
  std::uint64_t kernel_nanoseconds = 0;    // by the device's clock
  std::uint64_t transfer_nanoseconds = 0;  // likewise
  bool same_as_processor = false;     // outputs and outcomes were compared
};

struct AccelMeasureOptions {
  std::uint64_t batch_bytes = 16U << 20;  // of input, about
  unsigned batches = 5;
  std::optional<AccelBackend> only;       // devices of this backend
  std::vector<std::string> operations;    // empty: all
  std::function<void(const AccelMeasurement&)> on_measured;  // as they come
  std::stop_token stop;
};

// Every operation on every device, on made-up data, compared with the processor's results. Errc::misuse for an operation that is not known
// and where `only` has no device, Errc::limit where the batch does not fit.
[[nodiscard]] Result<std::vector<AccelMeasurement>> measure_accel(const AccelMeasureOptions& options = {});

}  // namespace npk
