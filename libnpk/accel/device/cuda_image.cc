// The image lies in the file that the build names; it ends with a zero, as text (PTX) must.
#include "accel/device/backends.h"

#ifdef NPK_CUDA_IMAGE
__asm__(
    ".section .rodata\n"
    ".balign 16\n"
    ".global npk_cuda_image\n"
    "npk_cuda_image:\n"
    ".incbin \"" NPK_CUDA_IMAGE "\"\n"
    ".global npk_cuda_image_end\n"
    "npk_cuda_image_end:\n"
    ".byte 0\n"
    ".previous\n");
extern "C" {
extern const std::uint8_t npk_cuda_image[];
extern const std::uint8_t npk_cuda_image_end[];
}
#endif

namespace npk::accel {

ByteView built_in_cuda_image() noexcept {
#ifdef NPK_CUDA_IMAGE
  return {npk_cuda_image, static_cast<std::size_t>(npk_cuda_image_end - npk_cuda_image)};
#else
  return {};
#endif
}

}  // namespace npk::accel
