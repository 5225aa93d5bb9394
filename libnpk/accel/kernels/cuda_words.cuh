// What the kernels need of CUDA's own headers, for clang where the toolkit is not there. Names and types are NVVM's builtins.
#pragma once

#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
#define __constant__ __attribute__((constant))

#define NPK_THREAD() __nvvm_read_ptx_sreg_tid_x()
#define NPK_THREADS() __nvvm_read_ptx_sreg_ntid_x()
#define NPK_BLOCK() __nvvm_read_ptx_sreg_ctaid_x()

static __device__ inline void atomicAdd(unsigned* place, unsigned value) { __nvvm_atom_add_gen_i((int*)place, (int)value); }
static __device__ inline void atomicMax(unsigned* place, unsigned value) { __nvvm_atom_max_gen_ui(place, value); }
