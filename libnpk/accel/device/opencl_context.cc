#include <algorithm>

#include "accel/device/backends.h"
#include "accel/device/opencl_queue.h"

namespace npk::accel {

Result<std::shared_ptr<const OpenClContext>> OpenClContext::open(std::shared_ptr<const OpenClDriver> driver, cl_device_id device) {
  auto made = std::make_shared<OpenClContext>(std::move(driver), device);
  NPK_TRY(made->build());
  return made;
}

OpenClContext::~OpenClContext() {
  if (program_ != nullptr) driver_->clReleaseProgram(program_);
  if (context_ != nullptr) driver_->clReleaseContext(context_);
}

Result<void> OpenClContext::build() {
  cl_int code = CL_SUCCESS;
  context_ = driver_->clCreateContext(nullptr, 1, &device_, nullptr, nullptr, &code);
  NPK_CL("clCreateContext", code);
  const std::string_view source = opencl_source();
  const char* text = source.data();
  const std::size_t length = source.size();
  program_ = driver_->clCreateProgramWithSource(context_, 1, &text, &length, &code);
  NPK_CL("clCreateProgramWithSource", code);
  code = driver_->clBuildProgram(program_, 1, &device_, "-cl-std=CL1.2", nullptr, nullptr);
  if (code == CL_SUCCESS) return {};
  std::string log(2000, '\0');
  std::size_t size = 0;
  driver_->clGetProgramBuildInfo(program_, device_, CL_PROGRAM_BUILD_LOG, log.size(), log.data(), &size);
  Error error = std::move(opencl_failed("clBuildProgram", code)).error();
  error.message += ": " + log.substr(0, log.find('\0'));
  return std::unexpected(std::move(error));
}

namespace {

class OpenClHostBuffer final : public HostBuffer {
 public:
  explicit OpenClHostBuffer(std::shared_ptr<const OpenClContext> context) : context_(std::move(context)) {}
  ~OpenClHostBuffer() override {
    const OpenClDriver& cl = context_->driver();
    if (mapped_ != nullptr) cl.clEnqueueUnmapMemObject(queue_, buffer_, mapped_, 0, nullptr, nullptr);
    if (queue_ != nullptr) cl.clFinish(queue_), cl.clReleaseCommandQueue(queue_);
    if (buffer_ != nullptr) cl.clReleaseMemObject(buffer_);
  }
  MutableBytes bytes() noexcept override { return {static_cast<std::uint8_t*>(mapped_), size_}; }

  Result<void> map(std::size_t bytes) {
    const OpenClDriver& cl = context_->driver();
    cl_int code = CL_SUCCESS;
    queue_ = cl.clCreateCommandQueue(context_->context(), context_->device(), 0, &code);
    NPK_CL("clCreateCommandQueue", code);
    buffer_ = cl.clCreateBuffer(context_->context(), CL_MEM_ALLOC_HOST_PTR, std::max<std::size_t>(bytes, 1), nullptr, &code);
    NPK_CL("clCreateBuffer", code);
    mapped_ = cl.clEnqueueMapBuffer(queue_, buffer_, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE, 0, std::max<std::size_t>(bytes, 1), 0, nullptr, nullptr, &code);
    NPK_CL("clEnqueueMapBuffer", code);
    size_ = bytes;
    return {};
  }

 private:
  std::shared_ptr<const OpenClContext> context_;
  cl_command_queue queue_ = nullptr;
  cl_mem buffer_ = nullptr;
  void* mapped_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace

Result<std::unique_ptr<HostBuffer>> make_opencl_host_buffer(std::shared_ptr<const OpenClContext> context, std::size_t bytes) {
  auto buffer = std::make_unique<OpenClHostBuffer>(std::move(context));
  NPK_TRY(buffer->map(bytes));
  return buffer;
}

}  // namespace npk::accel
