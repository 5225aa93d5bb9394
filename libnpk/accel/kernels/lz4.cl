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

// Where the decoder is, and what the next sequence asks for.
typedef struct {
  ulong at, made;                    // bytes read and written
  ulong literals_from, literals;
  ulong distance, length;            // of the match; length 0: the block ends with the literals
  uint status;
} Lz4Step;

FUNCTION uint lz4_refuse(Lz4Step *step) {
  step->literals = step->length = 0;
  step->status = STATUS_CORRUPT;
  return 0;
}

// Reads a sequence and checks it; true if another follows. Copies nothing, so that work items need not wait for each other in it.
FUNCTION uint lz4_read(GLOBAL const uchar *bytes, ulong size, ulong room, Lz4Step *step) {
  if (step->at >= size) return lz4_refuse(step);
  const uint token = bytes[step->at++];
  step->length = 0;
  step->literals = token >> 4;
  if (step->literals == 15 && !lz4_length(bytes, size, &step->at, &step->literals)) return lz4_refuse(step);
  if (step->literals > size - step->at || step->literals > room - step->made) return lz4_refuse(step);
  step->literals_from = step->at;
  step->at += step->literals;
  if (step->at == size) return 0;
  const ulong made = step->made + step->literals;
  // A match, and behind it at least a token and five literals.
  if (made + LZ4_MATCH_LIMIT > room || size - step->at < 2 + 1 + LZ4_LAST_LITERALS) return lz4_refuse(step);
  step->distance = bytes[step->at] | (ulong)bytes[step->at + 1] << 8;
  step->at += 2;
  step->length = (token & 15) + LZ4_LEAST_MATCH;
  if ((token & 15) == 15 && !lz4_length(bytes, size - LZ4_LAST_LITERALS + 1, &step->at, &step->length)) return lz4_refuse(step);
  if (step->distance == 0 || step->distance > made || step->length + LZ4_LAST_LITERALS > room - made) return lz4_refuse(step);
  return 1;
}

// The loop has one way out, the same for all work items of the group: they meet at its barriers.
KERNEL lz4_decode(ARGUMENTS) {
  UNUSED_ARGUMENTS();
  const ulong index = GROUP_INDEX();
  const Item item = items[index];
  GLOBAL const uchar *bytes = input + item.input_offset;
  GLOBAL uchar *out = output + item.output_offset;
  Lz4Step step;
  step.at = step.made = 0;
  step.literals = step.length = step.literals_from = step.distance = 0;
  step.status = STATUS_OK;
  uint more = item.output_room != 0;
  if (more == 0 && !(item.input_bytes == 1 && bytes[0] == 0)) step.status = STATUS_CORRUPT;
  while (more) {
    more = lz4_read(bytes, item.input_bytes, item.output_room, &step);
    for (ulong i = LOCAL_INDEX(); i < step.literals; i += LOCAL_COUNT()) out[step.made + i] = bytes[step.literals_from + i];
    BARRIER();
    step.made += step.literals;
    lz4_copy_match(out, step.made, step.distance, step.length);
    BARRIER();
    step.made += step.length;
  }
  if (LOCAL_INDEX() != 0) return;
  outcomes[index].bytes = step.made;
  if (step.status != STATUS_OK) note(outcomes, (uint)index, step.status);
}
