// BLAKE3 (O'Connor, Aumasson, Neves, Wilcox-O'Hearn, 2021), plain hashes of 32 bytes: a work item a leaf of 1 KiB, then the tree of each
// item level by level, as joining neighbours and taking an odd one along makes the tree that the paper defines.

#define CHUNK_START 1
#define CHUNK_END 2
#define PARENT 4
#define ROOT 8

TABLE_OF uint blake3_iv[8] = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};

#define TURN(x, n) ((x) >> (n) | (x) << (32 - (n)))
#define MIX(a, b, c, d, x, y)      \
  a += b + (x), d = TURN(d ^ a, 16); \
  c += d, b = TURN(b ^ c, 12);       \
  a += b + (y), d = TURN(d ^ a, 8);  \
  c += d, b = TURN(b ^ c, 7)
#define ROUND(i0, i1, i2, i3, i4, i5, i6, i7, i8, i9, i10, i11, i12, i13, i14, i15) \
  MIX(v[0], v[4], v[8], v[12], m[i0], m[i1]);                                      \
  MIX(v[1], v[5], v[9], v[13], m[i2], m[i3]);                                      \
  MIX(v[2], v[6], v[10], v[14], m[i4], m[i5]);                                     \
  MIX(v[3], v[7], v[11], v[15], m[i6], m[i7]);                                     \
  MIX(v[0], v[5], v[10], v[15], m[i8], m[i9]);                                     \
  MIX(v[1], v[6], v[11], v[12], m[i10], m[i11]);                                   \
  MIX(v[2], v[7], v[8], v[13], m[i12], m[i13]);                                    \
  MIX(v[3], v[4], v[9], v[14], m[i14], m[i15])

// h becomes the chaining value after the block m.
FUNCTION void blake3_compress(uint *h, const uint *m, ulong counter, uint length, uint flags) {
  uint v[16];
  for (uint i = 0; i < 8; ++i) v[i] = h[i];
  for (uint i = 0; i < 4; ++i) v[8 + i] = blake3_iv[i];
  v[12] = (uint)counter;
  v[13] = (uint)(counter >> 32);
  v[14] = length;
  v[15] = flags;
  ROUND(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  ROUND(2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8);
  ROUND(3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1);
  ROUND(10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6);
  ROUND(12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4);
  ROUND(9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7);
  ROUND(11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13);
  for (uint i = 0; i < 8; ++i) h[i] = v[i] ^ v[8 + i];
}

FUNCTION void blake3_load(uint *m, GLOBAL const uchar *bytes, uint length) {
  for (uint i = 0; i < 16; ++i) m[i] = 0;
  for (uint i = 0; i < length; ++i) m[i / 4] |= (uint)bytes[i] << (i % 4 * 8);
}

// A whole block; word by word where it lies so.
FUNCTION void blake3_load_whole(uint *m, GLOBAL const uchar *bytes, int aligned) {
  if (aligned) {
    GLOBAL const uint *words = (GLOBAL const uint *)bytes;
    for (uint i = 0; i < 16; ++i) m[i] = words[i];
    return;
  }
  for (uint i = 0; i < 16; ++i)
    m[i] = bytes[4 * i] | (uint)bytes[4 * i + 1] << 8 | (uint)bytes[4 * i + 2] << 16 | (uint)bytes[4 * i + 3] << 24;
}

FUNCTION void blake3_store(GLOBAL uchar *output, Item item, const uint *h) {
  GLOBAL uint *words = (GLOBAL uint *)(output + item.output_offset);
  for (uint i = 0; i < 8; ++i) words[i] = h[i];
}

KERNEL blake3_leaves(ARGUMENTS) {
  ITEM_TAKES_A_TILE();
  GLOBAL const uchar *bytes = input + item.input_offset + tile.begin;
  const uint length = (uint)least(LEAF_BYTES, item.input_bytes - tile.begin);
  const int aligned = (item.input_offset & 3) == 0;
  const uint blocks = length == 0 ? 1 : (length + 63) / 64;
  uint h[8];
  uint m[16];
  for (uint i = 0; i < 8; ++i) h[i] = blake3_iv[i];
  for (uint block = 0; block < blocks; ++block) {
    const uint rest = length - 64 * block;
    uint flags = block == 0 ? CHUNK_START : 0;
    if (block + 1 == blocks) flags |= item.tile_count == 1 ? CHUNK_END | ROOT : CHUNK_END;
    if (rest >= 64) blake3_load_whole(m, bytes + 64 * block, aligned);
    else blake3_load(m, bytes + 64 * block, rest);
    blake3_compress(h, m, tile.begin / LEAF_BYTES, rest < 64 ? rest : 64, flags);
  }
  if (item.tile_count == 1) {
    blake3_store(output, item, h);
    return;
  }
  GLOBAL uint *place = (GLOBAL uint *)(scratch + 4 * index);
  for (uint i = 0; i < 8; ++i) place[i] = h[i];
}

// Joins the nodes `a` leaves apart, whose places are those of their first leaves.
KERNEL blake3_parents(ARGUMENTS) {
  ITEM_TAKES_A_TILE();
  const ulong leaf = tile.begin / LEAF_BYTES;
  if (leaf % (2 * a) != 0 || leaf + a >= item.tile_count) return;
  GLOBAL uint *left = (GLOBAL uint *)(scratch + 4 * index);
  GLOBAL const uint *right = (GLOBAL const uint *)(scratch + 4 * (index + a));
  uint h[8];
  uint m[16];
  for (uint i = 0; i < 8; ++i) {
    h[i] = blake3_iv[i];
    m[i] = left[i];
    m[8 + i] = right[i];
  }
  const int is_root = leaf == 0 && 2 * a >= item.tile_count;
  blake3_compress(h, m, 0, 64, is_root ? PARENT | ROOT : PARENT);
  if (is_root) blake3_store(output, item, h);
  else
    for (uint i = 0; i < 8; ++i) left[i] = h[i];
}
