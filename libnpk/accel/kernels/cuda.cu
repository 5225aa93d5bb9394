// The kernels as CUDA C++, by nvcc or by clang: the same files that OpenCL compiles at run time.
#if !defined(__NVCC__)
#include "accel/kernels/cuda_words.cuh"
#endif
#include "accel/kernels/dialect.cl"
#include "accel/kernels/tile_sums.cl"
#include "accel/kernels/varint.cl"
#include "accel/kernels/values.cl"
#include "accel/kernels/bits.cl"
#include "accel/kernels/histogram.cl"
#include "accel/kernels/search.cl"
#include "accel/kernels/blake3.cl"
#include "accel/kernels/lz4.cl"
