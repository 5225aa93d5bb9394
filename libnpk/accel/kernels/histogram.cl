// How often each byte comes, and the entropy that follows from it: 256 counts of 32 bits, then a 64-bit number.

KERNEL histogram_clear(ARGUMENTS) {
  UNUSED_ARGUMENTS();
  const ulong index = GROUP_INDEX();
  if (outcomes[index].status != STATUS_OK) return;
  GLOBAL uint *counts = (GLOBAL uint *)(output + items[index].output_offset);
  for (uint i = LOCAL_INDEX(); i < 258; i += LOCAL_COUNT()) counts[i] = 0;
}

KERNEL histogram(ARGUMENTS) {
  UNUSED_ARGUMENTS();
  LOCAL_ARRAY(uint, counts, 256);
  const Tile tile = tiles[GROUP_INDEX()];
  const Item item = items[tile.item];
  const uint lane = LOCAL_INDEX();
  const uint lanes = LOCAL_COUNT();
  for (uint i = lane; i < 256; i += lanes) counts[i] = 0;
  BARRIER();
  GLOBAL const uchar *bytes = input + item.input_offset;
  const ulong end = least(tile.begin + HISTOGRAM_TILE_BYTES, item.input_bytes);
  if (lanes == 1) {
    for (ulong i = tile.begin; i < end; ++i) ++counts[bytes[i]];
  } else {
    for (ulong i = tile.begin + lane; i < end; i += lanes) ADD_LOCAL(&counts[bytes[i]], 1);
  }
  BARRIER();
  GLOBAL uint *out = (GLOBAL uint *)(output + item.output_offset);
  for (uint i = lane; i < 256; i += lanes) {
    if (counts[i] != 0) ADD_GLOBAL(&out[i], counts[i]);
  }
}

// log2(value) * 65536, rounded down, by squaring: the same integers everywhere.
FUNCTION ulong log2_in_65536ths(uint value) {
  uint whole = 31;
  while ((value >> whole) == 0) --whole;
  ulong mantissa = (ulong)value << (31 - whole);
  ulong result = whole;
  for (uint i = 0; i < 16; ++i) {
    mantissa = mantissa * mantissa >> 31;
    const uint bit = (uint)(mantissa >> 32);
    mantissa >>= bit;
    result = result << 1 | bit;
  }
  return result;
}

KERNEL entropy(ARGUMENTS) {
  UNUSED_ARGUMENTS();
  const ulong index = GLOBAL_INDEX();
  if (index >= count || outcomes[index].status != STATUS_OK) return;
  const Item item = items[index];
  GLOBAL const uint *counts = (GLOBAL const uint *)(output + item.output_offset);
  ulong sum = 0;
  if (item.input_bytes != 0) {
    const ulong all = log2_in_65536ths((uint)item.input_bytes);
    for (uint i = 0; i < 256; ++i) {
      if (counts[i] != 0) sum += counts[i] * (all - log2_in_65536ths(counts[i]));
    }
  }
  *(GLOBAL ulong *)(output + item.output_offset + 1024) = sum;
}
