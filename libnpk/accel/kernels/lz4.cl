// LZ4 blocks, a group each: every work item reads the tokens, all copy. Rules of the block's end are those of the format's description:
// the last five bytes are literals, the last match begins twelve before the end or earlier. What liblz4 refuses is refused.

#define LZ4_LAST_LITERALS 5
#define LZ4_MATCH_LIMIT 12
#define LZ4_LEAST_MATCH 4

// A length above 14 goes on in bytes up to one that is not 255; returns 0 where the input ends before.
FUNCTION int lz4_length(GLOBAL const uchar *bytes, ulong limit, ulong *at, ulong *length) {
  uint next;
  do {
    if (*at >= limit) return 0;
    next = bytes[(*at)++];
    *length += next;
  } while (next == 255);
  return 1;
}

// Copies bytes that lie `distance` before; what is copied may be what this copy makes, and then repeats.
FUNCTION void lz4_copy_match(GLOBAL uchar *out, ulong at, ulong distance, ulong length) {
  for (ulong i = LOCAL_INDEX(); i < length; i += LOCAL_COUNT()) out[at + i] = out[at - distance + (i < distance ? i : i % distance)];
}

FUNCTION uint lz4_decode_block(GLOBAL const uchar *bytes, ulong size, GLOBAL uchar *out, ulong room, ulong *produced) {
  ulong at = 0;
  ulong made = 0;
  if (room == 0) return size == 1 && bytes[0] == 0 ? STATUS_OK : STATUS_CORRUPT;
  for (;;) {
    if (at >= size) return STATUS_CORRUPT;
    const uint token = bytes[at++];
    ulong literals = token >> 4;
    if (literals == 15 && !lz4_length(bytes, size, &at, &literals)) return STATUS_CORRUPT;
    if (literals > size - at) return STATUS_CORRUPT;
    if (literals > room - made) return STATUS_CORRUPT;
    const int is_last = at + literals == size;
    if (!is_last && made + literals + LZ4_MATCH_LIMIT > room) return STATUS_CORRUPT;
    for (ulong i = LOCAL_INDEX(); i < literals; i += LOCAL_COUNT()) out[made + i] = bytes[at + i];
    BARRIER();
    at += literals;
    made += literals;
    if (is_last) break;
    // A match, and behind it at least a token and five literals.
    if (size - at < 2 + 1 + LZ4_LAST_LITERALS) return STATUS_CORRUPT;
    const ulong distance = bytes[at] | (ulong)bytes[at + 1] << 8;
    at += 2;
    ulong length = (token & 15) + LZ4_LEAST_MATCH;
    if ((token & 15) == 15 && !lz4_length(bytes, size - LZ4_LAST_LITERALS + 1, &at, &length)) return STATUS_CORRUPT;
    if (distance == 0 || distance > made) return STATUS_CORRUPT;
    if (length + LZ4_LAST_LITERALS > room - made) return STATUS_CORRUPT;
    lz4_copy_match(out, made, distance, length);
    BARRIER();
    made += length;
  }
  *produced = made;
  return STATUS_OK;
}

KERNEL lz4_decode(ARGUMENTS) {
  UNUSED_ARGUMENTS();
  const ulong index = GROUP_INDEX();
  if (outcomes[index].status != STATUS_OK) return;
  BARRIER();
  const Item item = items[index];
  ulong produced = 0;
  const uint status = lz4_decode_block(input + item.input_offset, item.input_bytes, output + item.output_offset, item.output_room, &produced);
  if (LOCAL_INDEX() != 0) return;
  outcomes[index].bytes = produced;
  if (status != STATUS_OK) note(outcomes, (uint)index, status);
}
