// LEB128: seven bits a byte, low ones first, the high bit set on all but the last; at most ten bytes, none more than needed.

FUNCTION uint varint_bytes(ulong value) {
  uint bytes = 1;
  while (value > 127) {
    value >>= 7;
    ++bytes;
  }
  return bytes;
}

KERNEL varint_sizes(ARGUMENTS) {
  ITEM_TAKES_A_TILE();
  GLOBAL const ulong *values = (GLOBAL const ulong *)(input + item.input_offset);
  const ulong end = least(tile.begin + VARINT_TILE_VALUES, item.input_bytes / 8);
  ulong bytes = 0;
  for (ulong i = tile.begin; i < end; ++i) bytes += varint_bytes(values[i]);
  scratch[index] = bytes;
}

KERNEL varint_write(ARGUMENTS) {
  ITEM_TAKES_A_TILE();
  if (outcomes[tile.item].status != STATUS_OK) return;
  GLOBAL const ulong *values = (GLOBAL const ulong *)(input + item.input_offset);
  GLOBAL uchar *out = output + item.output_offset + scratch[index];
  const ulong end = least(tile.begin + VARINT_TILE_VALUES, item.input_bytes / 8);
  for (ulong i = tile.begin; i < end; ++i) {
    ulong value = values[i];
    while (value > 127) {
      *out++ = (uchar)(value | 128);
      value >>= 7;
    }
    *out++ = (uchar)value;
  }
}

// Bytes of the varint whose last byte is at `last`; 11 where it has more than ten.
FUNCTION uint varint_length(GLOBAL const uchar *bytes, ulong last) {
  uint length = 1;
  while (length <= 10 && length <= last && bytes[last - length] > 127) ++length;
  return length;
}

KERNEL varint_count(ARGUMENTS) {
  ITEM_TAKES_A_TILE();
  GLOBAL const uchar *bytes = input + item.input_offset;
  const ulong end = least(tile.begin + VARINT_TILE_BYTES, item.input_bytes);
  ulong values = 0;
  for (ulong i = tile.begin; i < end; ++i) {
    if (bytes[i] > 127) continue;
    ++values;
    const uint length = varint_length(bytes, i);
    const int sound = length < 10 || (length == 10 && bytes[i] == 1);
    if (!sound || (length > 1 && bytes[i] == 0)) note(outcomes, tile.item, STATUS_CORRUPT);
  }
  if (end == item.input_bytes && bytes[end - 1] > 127) note(outcomes, tile.item, STATUS_TRUNCATED);
  scratch[index] = values;
}

KERNEL varint_read(ARGUMENTS) {
  ITEM_TAKES_A_TILE();
  if (outcomes[tile.item].status != STATUS_OK) return;
  GLOBAL const uchar *bytes = input + item.input_offset;
  GLOBAL ulong *out = (GLOBAL ulong *)(output + item.output_offset) + scratch[index];
  const ulong end = least(tile.begin + VARINT_TILE_BYTES, item.input_bytes);
  for (ulong i = tile.begin; i < end; ++i) {
    if (bytes[i] > 127) continue;
    const uint length = varint_length(bytes, i);
    ulong value = 0;
    for (uint back = 0; back < length; ++back) value = (value << 7) | (bytes[i - back] & 127);
    *out++ = value;
  }
}
