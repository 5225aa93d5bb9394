// Arrays of 64-bit values, a group a tile: neighbours work on neighbours.

#define FOR_EACH_VALUE(i, item, tile)                                                                     \
  for (ulong i = (tile).begin + LOCAL_INDEX(), i##_end = least((tile).begin + VALUE_TILE, (item).input_bytes / 8); i < i##_end; \
       i += LOCAL_COUNT())

#define EACH_VALUE_BECOMES(name, expression)                                            \
  KERNEL name(ARGUMENTS) {                                                              \
    GROUP_TAKES_A_TILE();                                                               \
    GLOBAL const ulong *from = (GLOBAL const ulong *)(input + item.input_offset);       \
    GLOBAL ulong *to = (GLOBAL ulong *)(output + item.output_offset);                   \
    FOR_EACH_VALUE(i, item, tile) to[i] = expression;                                   \
  }

EACH_VALUE_BECOMES(zigzag_encode, (from[i] << 1) ^ (0 - (from[i] >> 63)))
EACH_VALUE_BECOMES(zigzag_decode, (from[i] >> 1) ^ (0 - (from[i] & 1)))

// Of order 1 or 2 (the item's parameter); values before the first are 0.
KERNEL delta_encode(ARGUMENTS) {
  GROUP_TAKES_A_TILE();
  GLOBAL const ulong *from = (GLOBAL const ulong *)(input + item.input_offset);
  GLOBAL ulong *to = (GLOBAL ulong *)(output + item.output_offset);
  FOR_EACH_VALUE(i, item, tile) {
    const ulong before = i > 0 ? from[i - 1] : 0;
    const ulong earlier = i > 1 ? from[i - 2] : 0;
    const ulong first = from[i] - before;
    to[i] = item.parameter == 1 ? first : first - (before - earlier);
  }
}

// The differences of round `a` (0, then 1 for those of order 2) are the item's input, and then what the round before made.
FUNCTION GLOBAL const ulong *differences_of(GLOBAL const uchar *input, GLOBAL const uchar *output, Item item, ulong round) {
  return (GLOBAL const ulong *)(round == 0 ? input + item.input_offset : output + item.output_offset);
}

KERNEL delta_sums(ARGUMENTS) {
  ITEM_TAKES_A_TILE();
  if (item.parameter <= a) return;
  GLOBAL const ulong *from = differences_of(input, output, item, a);
  const ulong end = least(tile.begin + DELTA_TILE_VALUES, item.input_bytes / 8);
  ulong sum = 0;
  for (ulong i = tile.begin; i < end; ++i) sum += from[i];
  scratch[index] = sum;
}

KERNEL delta_restore(ARGUMENTS) {
  ITEM_TAKES_A_TILE();
  if (item.parameter <= a) return;
  GLOBAL const ulong *from = differences_of(input, output, item, a);
  GLOBAL ulong *to = (GLOBAL ulong *)(output + item.output_offset);
  const ulong end = least(tile.begin + DELTA_TILE_VALUES, item.input_bytes / 8);
  ulong value = scratch[index];
  for (ulong i = tile.begin; i < end; ++i) {
    value += from[i];
    to[i] = value;
  }
}

// Indices of 32 bits into the table of `a` values.
KERNEL dictionary_lookup(ARGUMENTS) {
  GROUP_TAKES_A_TILE();
  GLOBAL const uint *from = (GLOBAL const uint *)(input + item.input_offset);
  GLOBAL ulong *to = (GLOBAL ulong *)(output + item.output_offset);
  const ulong end = least(tile.begin + VALUE_TILE, item.input_bytes / 4);
  for (ulong i = tile.begin + LOCAL_INDEX(); i < end; i += LOCAL_COUNT()) {
    const uint row = from[i];
    if (row < a) to[i] = table[row];
    else note(outcomes, tile.item, STATUS_OUT_OF_RANGE);
  }
}
