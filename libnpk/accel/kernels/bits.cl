// Values of `width` bits, one behind another, low bits first, in a row of 64-bit words whose last may be cut to bytes.

FUNCTION ulong low_bits(uint width) { return width >= 64 ? ~(ulong)0 : ((ulong)1 << width) - 1; }

FUNCTION uint bits_of(ulong value) {
  uint bits = 0;
  while (value != 0) {
    value >>= 1;
    ++bits;
  }
  return bits;
}

// The word with bits 64 * word to 64 * word + 63 of `values`, less `base`, at `width` bits; sets *wide where one does not fit.
FUNCTION ulong packed_word(GLOBAL const ulong *values, ulong value_count, ulong word, uint width, ulong base, int *wide) {
  ulong bits = 0;
  for (ulong i = word * 64 / width; i < value_count && i * width < word * 64 + 64; ++i) {
    const ulong value = values[i] - base;
    if (value > low_bits(width)) *wide = 1;
    const ulong at = i * width;
    bits |= at >= word * 64 ? value << (at - word * 64) : value >> (word * 64 - at);
  }
  return bits;
}

FUNCTION void store_bits(GLOBAL uchar *out, ulong packed_bytes, ulong word, ulong bits) {
  if (word * 8 + 8 <= packed_bytes) {
    ((GLOBAL ulong *)out)[word] = bits;
    return;
  }
  for (ulong at = word * 8; at < packed_bytes; ++at) {
    out[at] = (uchar)bits;
    bits >>= 8;
  }
}

// The words that a tile of VALUE_TILE values fills: it begins and ends with a word.
FUNCTION int pack_tile(GLOBAL const ulong *values, ulong value_count, ulong begin, uint width, ulong base, GLOBAL uchar *out) {
  const ulong packed_bytes = (value_count * width + 7) / 8;
  const ulong tile_end = least(begin + VALUE_TILE, value_count);
  const ulong end = (tile_end * width + 63) / 64;
  int wide = 0;
  for (ulong word = begin / 64 * width + LOCAL_INDEX(); word < end; word += LOCAL_COUNT())
    store_bits(out, packed_bytes, word, packed_word(values, value_count, word, width, base, &wide));
  return wide;
}

FUNCTION ulong packed_value(GLOBAL const ulong *words, ulong i, uint width) {
  const ulong at = i * width;
  const uint shift = (uint)(at & 63);
  ulong value = words[at / 64] >> shift;
  if (shift + width > 64) value |= words[at / 64 + 1] << (64 - shift);
  return value & low_bits(width);
}

KERNEL bit_pack(ARGUMENTS) {
  GROUP_TAKES_A_TILE();
  GLOBAL const ulong *values = (GLOBAL const ulong *)(input + item.input_offset);
  const int wide = pack_tile(values, item.input_bytes / 8, tile.begin, (uint)item.parameter, 0, output + item.output_offset);
  if (wide) note(outcomes, tile.item, STATUS_OUT_OF_RANGE);
}

KERNEL bit_unpack(ARGUMENTS) {
  GROUP_TAKES_A_TILE();
  GLOBAL const ulong *words = (GLOBAL const ulong *)(input + item.input_offset);
  GLOBAL ulong *to = (GLOBAL ulong *)(output + item.output_offset);
  const ulong end = least(tile.begin + VALUE_TILE, item.expected_bytes / 8);
  for (ulong i = tile.begin + LOCAL_INDEX(); i < end; i += LOCAL_COUNT()) to[i] = packed_value(words, i, (uint)item.parameter);
}

// Least and greatest value of each tile to scratch, a work item each.
KERNEL frame_ranges(ARGUMENTS) {
  UNUSED_ARGUMENTS();
  LOCAL_ARRAY(ulong, lows, LARGEST_GROUP);
  LOCAL_ARRAY(ulong, highs, LARGEST_GROUP);
  const Tile tile = tiles[GROUP_INDEX()];
  const Item item = items[tile.item];
  GLOBAL const ulong *values = (GLOBAL const ulong *)(input + item.input_offset);
  const ulong end = least(tile.begin + VALUE_TILE, item.input_bytes / 8);
  ulong low = ~(ulong)0;
  ulong high = 0;
  for (ulong i = tile.begin + LOCAL_INDEX(); i < end; i += LOCAL_COUNT()) {
    low = values[i] < low ? values[i] : low;
    high = values[i] > high ? values[i] : high;
  }
  lows[LOCAL_INDEX()] = low;
  highs[LOCAL_INDEX()] = high;
  BARRIER();
  if (LOCAL_INDEX() != 0) return;
  for (uint i = 1; i < LOCAL_COUNT(); ++i) {
    low = lows[i] < low ? lows[i] : low;
    high = highs[i] > high ? highs[i] : high;
  }
  scratch[2 * GROUP_INDEX()] = low;
  scratch[2 * GROUP_INDEX() + 1] = high;
}

// A work item an item: its header {base, width, count}.
KERNEL frame_headers(ARGUMENTS) {
  UNUSED_ARGUMENTS();
  const ulong index = GLOBAL_INDEX();
  if (index >= count || outcomes[index].status != STATUS_OK) return;
  const Item item = items[index];
  const ulong value_count = item.input_bytes / 8;
  ulong low = value_count != 0 ? ~(ulong)0 : 0;
  ulong high = 0;
  for (ulong tile = item.first_tile; tile < item.first_tile + item.tile_count; ++tile) {
    low = scratch[2 * tile] < low ? scratch[2 * tile] : low;
    high = scratch[2 * tile + 1] > high ? scratch[2 * tile + 1] : high;
  }
  const uint width = bits_of(high - low);
  const ulong bytes = 16 + (value_count * width + 7) / 8;
  outcomes[index].bytes = bytes;
  if (bytes > item.output_room) {
    note(outcomes, (uint)index, STATUS_NO_ROOM);
    return;
  }
  GLOBAL ulong *header = (GLOBAL ulong *)(output + item.output_offset);
  header[0] = low;
  header[1] = width | value_count << 32;
}

KERNEL frame_encode(ARGUMENTS) {
  GROUP_TAKES_A_TILE();
  if (outcomes[tile.item].status != STATUS_OK) return;
  GLOBAL const ulong *header = (GLOBAL const ulong *)(output + item.output_offset);
  const uint width = (uint)header[1];
  if (width == 0) return;
  GLOBAL const ulong *values = (GLOBAL const ulong *)(input + item.input_offset);
  pack_tile(values, item.input_bytes / 8, tile.begin, width, header[0], output + item.output_offset + 16);
}

// The header has been checked; the parameter is its width.
KERNEL frame_decode(ARGUMENTS) {
  GROUP_TAKES_A_TILE();
  GLOBAL const ulong *words = (GLOBAL const ulong *)(input + item.input_offset);
  GLOBAL ulong *to = (GLOBAL ulong *)(output + item.output_offset);
  const ulong base = words[0];
  const uint width = (uint)item.parameter;
  const ulong end = least(tile.begin + VALUE_TILE, item.expected_bytes / 8);
  for (ulong i = tile.begin + LOCAL_INDEX(); i < end; i += LOCAL_COUNT()) to[i] = base + (width == 0 ? 0 : packed_value(words + 2, i, width));
}
