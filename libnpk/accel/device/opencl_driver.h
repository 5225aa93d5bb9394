// The functions of OpenCL 1.2 that the backend calls, found in the library at run time.
#pragma once

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#include <memory>
#include <string>

#include "accel/device/shared_library.h"
#include "npk/result.h"

#define NPK_OPENCL_FUNCTIONS(X)                                                                                                      \
  X(clGetPlatformIDs) X(clGetPlatformInfo) X(clGetDeviceIDs) X(clGetDeviceInfo) X(clCreateContext) X(clReleaseContext)               \
  X(clCreateCommandQueue) X(clReleaseCommandQueue) X(clCreateProgramWithSource) X(clBuildProgram) X(clGetProgramBuildInfo)           \
  X(clReleaseProgram) X(clCreateKernel) X(clReleaseKernel) X(clSetKernelArg) X(clCreateBuffer) X(clReleaseMemObject)                 \
  X(clEnqueueWriteBuffer) X(clEnqueueReadBuffer) X(clEnqueueNDRangeKernel) X(clEnqueueMapBuffer) X(clEnqueueUnmapMemObject)          \
  X(clFlush) X(clFinish) X(clGetEventProfilingInfo) X(clReleaseEvent)

namespace npk::accel {

struct OpenClDriver {
#define NPK_DECLARE(name) decltype(&::name) name = nullptr;
  NPK_OPENCL_FUNCTIONS(NPK_DECLARE)
#undef NPK_DECLARE

  // Errc::unsupported where the library, or one of the functions, is not there.
  [[nodiscard]] static Result<std::shared_ptr<const OpenClDriver>> load(const std::string& library);
};

// Errc::io, but Errc::limit where memory was short.
[[nodiscard]] std::unexpected<Error> opencl_failed(const char* call, cl_int code);
#define NPK_CL(call_name, ...)                                                                                          \
  do {                                                                                                                  \
    if (const cl_int npk_code = (__VA_ARGS__); npk_code != CL_SUCCESS) return ::npk::accel::opencl_failed(call_name, npk_code); \
  } while (false)

}  // namespace npk::accel
