// Needles and cut points: a work item a tile counts, then writes what it found behind the tiles before it.

// table: 257 places of needles by first byte, then two words a needle {place of its bytes | length << 32, number}, then their bytes.
FUNCTION uint match_at(GLOBAL const uchar *bytes, ulong rest, GLOBAL const ulong *needle, GLOBAL const ulong *table) {
  const uint length = (uint)(needle[0] >> 32);
  if (length > rest) return 0;
  GLOBAL const uchar *text = (GLOBAL const uchar *)table + (uint)needle[0];
  for (uint i = 1; i < length; ++i) {
    if (bytes[i] != text[i]) return 0;
  }
  return 1;
}

FUNCTION ulong match_tile(GLOBAL const uchar *bytes, ulong size, ulong begin, GLOBAL const ulong *table, GLOBAL ulong *out) {
  const ulong end = least(begin + MATCH_TILE_BYTES, size);
  ulong found = 0;
  for (ulong at = begin; at < end; ++at) {
    const ulong last = table[bytes[at] + 1];
    for (ulong row = table[bytes[at]]; row < last; ++row) {
      GLOBAL const ulong *needle = table + 257 + 2 * row;
      if (match_at(bytes + at, size - at, needle, table) == 0) continue;
      if (out != 0) out[found] = at << 32 | needle[1];
      ++found;
    }
  }
  return found;
}

KERNEL match_count(ARGUMENTS) {
  ITEM_TAKES_A_TILE();
  scratch[index] = match_tile(input + item.input_offset, item.input_bytes, tile.begin, table, 0);
}

// What the tile found: the place of the next less its own.
FUNCTION ulong found_by(GLOBAL const ulong *scratch, ulong index, Item item, Outcome outcome) {
  const ulong next = index + 1 < item.first_tile + item.tile_count ? scratch[index + 1] : outcome.bytes / 8;
  return next - scratch[index];
}

KERNEL match_write(ARGUMENTS) {
  ITEM_TAKES_A_TILE();
  const Outcome outcome = outcomes[tile.item];
  if (outcome.status != STATUS_OK || found_by(scratch, index, item, outcome) == 0) return;
  match_tile(input + item.input_offset, item.input_bytes, tile.begin, table, (GLOBAL ulong *)(output + item.output_offset) + scratch[index]);
}

// table: the gear table; a, b: bounds of loose and strict candidates. The item's first `parameter` bytes come before what is scanned.
FUNCTION ulong cut_tile(GLOBAL const uchar *input, Item item, ulong begin, GLOBAL const ulong *table, ulong loose, ulong strict,
                        GLOBAL ulong *out) {
  GLOBAL const uchar *bytes = input + item.input_offset;
  const ulong skipped = item.parameter;
  const ulong end = least(begin + CUT_TILE_BYTES, item.input_bytes - skipped) + skipped;
  ulong at = begin + skipped;
  ulong hash = 0;
  for (ulong before = at > 63 ? at - 63 : 0; before < at; ++before) hash = (hash << 1) + table[bytes[before]];
  ulong found = 0;
  for (; at < end; ++at) {
    hash = (hash << 1) + table[bytes[at]];
    if (hash >= loose) continue;
    if (out != 0) out[found] = (at + 1 - skipped) | (ulong)(hash < strict) << 32;
    ++found;
  }
  return found;
}

KERNEL cut_count(ARGUMENTS) {
  UNUSED_ARGUMENTS();
  const ulong index = GLOBAL_INDEX();
  if (index >= count) return;
  const Tile tile = tiles[index];
  scratch[index] = cut_tile(input, items[tile.item], tile.begin, table, a, b, 0);
}

KERNEL cut_write(ARGUMENTS) {
  ITEM_TAKES_A_TILE();
  const Outcome outcome = outcomes[tile.item];
  if (outcome.status != STATUS_OK || found_by(scratch, index, item, outcome) == 0) return;
  cut_tile(input, item, tile.begin, table, a, b, (GLOBAL ulong *)(output + item.output_offset) + scratch[index]);
}
