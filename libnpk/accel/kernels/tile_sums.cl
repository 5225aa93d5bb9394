// What a tile writes goes behind what the tiles before it write: counts per tile become places.

// A group an item: scratch[tile] from a count to the sum of the counts before it; the outcome's bytes are the whole sum times `a`.
KERNEL sum_tiles(ARGUMENTS) {
  UNUSED_ARGUMENTS();
  LOCAL_ARRAY(ulong, sums, LARGEST_GROUP);
  const ulong index = GROUP_INDEX();
  const Item item = items[index];
  const uint lane = LOCAL_INDEX();
  const uint lanes = LOCAL_COUNT();
  const ulong share = (item.tile_count + lanes - 1) / lanes;
  const ulong begin = item.first_tile + least(lane * share, item.tile_count);
  const ulong end = item.first_tile + least((lane + 1) * share, item.tile_count);
  ulong sum = 0;
  for (ulong tile = begin; tile < end; ++tile) sum += scratch[tile];
  sums[lane] = sum;
  BARRIER();
  if (lane == 0) {
    ulong before = 0;
    for (uint i = 0; i < lanes; ++i) {
      const ulong own = sums[i];
      sums[i] = before;
      before += own;
    }
    if (a != 0 && item.tile_count != 0) {
      outcomes[index].bytes = before * a;
      if (before * a > item.output_room) note(outcomes, (uint)index, STATUS_NO_ROOM);
    }
  }
  BARRIER();
  sum = sums[lane];
  for (ulong tile = begin; tile < end; ++tile) {
    const ulong own = scratch[tile];
    scratch[tile] = sum;
    sum += own;
  }
}
