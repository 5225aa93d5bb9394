// One source of the kernels for three compilers: OpenCL C 1.2, CUDA C++ (nvcc, or clang without the toolkit), and C++ for a processor,
// which the tests run them by. Kernels use these words only, and of each language what all three have.
#if defined(__OPENCL_C_VERSION__) || defined(__OPENCL_VERSION__)
#define KERNEL __kernel void
#define FUNCTION static
#define GLOBAL __global
#define LOCAL_ARRAY(type, name, count) __local type name[count]
#define LOCAL __local
#define TABLE_OF __constant
#define BARRIER() barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
#define GLOBAL_INDEX() ((ulong)get_global_id(0))
#define GROUP_INDEX() ((ulong)get_group_id(0))
#define LOCAL_INDEX() ((uint)get_local_id(0))
#define LOCAL_COUNT() ((uint)get_local_size(0))
#define ADD_LOCAL(place, value) atomic_add(place, value)
#define ADD_GLOBAL(place, value) atomic_add(place, value)
#define MAX_GLOBAL(place, value) atomic_max(place, value)
#else
typedef unsigned char uchar;
typedef unsigned int uint;
typedef unsigned long ulong;  // 64 bits, as on all that CUDA has
#define GLOBAL
#define LOCAL
#if defined(__CUDA__) || defined(__CUDACC__)
#define KERNEL extern "C" __global__ void
#define FUNCTION static __device__
#define LOCAL_ARRAY(type, name, count) __shared__ type name[count]
#define TABLE_OF __constant__
#define BARRIER() __syncthreads()
#ifndef NPK_THREAD
#define NPK_THREAD() threadIdx.x
#define NPK_THREADS() blockDim.x
#define NPK_BLOCK() blockIdx.x
#endif
#define GLOBAL_INDEX() ((ulong)NPK_BLOCK() * NPK_THREADS() + NPK_THREAD())
#define GROUP_INDEX() ((ulong)NPK_BLOCK())
#define LOCAL_INDEX() ((uint)NPK_THREAD())
#define LOCAL_COUNT() ((uint)NPK_THREADS())
#define ADD_LOCAL(place, value) atomicAdd(place, value)
#define ADD_GLOBAL(place, value) atomicAdd(place, value)
#define MAX_GLOBAL(place, value) atomicMax(place, value)
#else
#define KERNEL extern "C" void
#define FUNCTION static
#define LOCAL_ARRAY(type, name, count) static type name[count]
#define TABLE_OF static const
#define BARRIER() npk_emulated_barrier()
#define GLOBAL_INDEX() (npk_emulated.group * npk_emulated.count + npk_emulated.local)
#define GROUP_INDEX() (npk_emulated.group)
#define LOCAL_INDEX() ((uint)npk_emulated.local)
#define LOCAL_COUNT() ((uint)npk_emulated.count)
#define ADD_LOCAL(place, value) (*(place) += (value))
#define ADD_GLOBAL(place, value) (*(place) += (value))
#define MAX_GLOBAL(place, value) (*(place) = *(place) < (value) ? (value) : *(place))
#endif
#endif

// These three are laid out as in device/records.h.
typedef struct {
  ulong input_offset, input_bytes, output_offset, output_room;
  ulong first_tile, tile_count;
  ulong parameter;
  ulong expected_bytes;
} Item;
typedef struct {
  uint item, unused;
  ulong begin;  // elements of the item before this tile
} Tile;
typedef struct {
  ulong bytes;
  uint status, unused;
} Outcome;

#define STATUS_OK 0
#define STATUS_NO_ROOM 1
#define STATUS_TRUNCATED 2
#define STATUS_OUT_OF_RANGE 3
#define STATUS_CORRUPT 4

// Every kernel takes the same arguments, so that launching one is the same for all. `count`: tiles, items or leaves to work on;
// a, b: the operation's own.
#define ARGUMENTS                                                                                                                  \
  GLOBAL const uchar *input, GLOBAL uchar *output, GLOBAL const ulong *table, GLOBAL const Item *items, GLOBAL const Tile *tiles, \
      GLOBAL Outcome *outcomes, GLOBAL ulong *scratch, ulong count, ulong a, ulong b
#define UNUSED_ARGUMENTS() \
  (void)input, (void)output, (void)table, (void)items, (void)tiles, (void)outcomes, (void)scratch, (void)count, (void)a, (void)b

// How kernels begin whose work items take a tile each, and those in which a group takes one.
#define ITEM_TAKES_A_TILE()          \
  UNUSED_ARGUMENTS();                \
  const ulong index = GLOBAL_INDEX(); \
  if (index >= count) return;        \
  const Tile tile = tiles[index];    \
  const Item item = items[tile.item]
#define GROUP_TAKES_A_TILE()                \
  UNUSED_ARGUMENTS();                       \
  const Tile tile = tiles[GROUP_INDEX()];   \
  const Item item = items[tile.item]

// Elements of a tile, as in plan.cc.
#define VARINT_TILE_VALUES 64
#define VARINT_TILE_BYTES 256
#define DELTA_TILE_VALUES 128
#define VALUE_TILE 4096
#define HISTOGRAM_TILE_BYTES 32768
#define MATCH_TILE_BYTES 512
#define CUT_TILE_BYTES 1024
#define LEAF_BYTES 1024
#define LARGEST_GROUP 256

FUNCTION ulong least(ulong x, ulong y) { return x < y ? x : y; }

FUNCTION void note(GLOBAL Outcome *outcomes, uint item, uint status) { MAX_GLOBAL(&outcomes[item].status, status); }
