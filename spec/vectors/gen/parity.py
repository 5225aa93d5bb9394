"""Parity frames (spec 11.3): the codes over GF(2^8), a set written behind a package's trailer, and what a reader checks."""

from types import SimpleNamespace

from blake3 import digest
from failure import Cursor, require
from ids import FRAME_TYPES
from wire import u16, u32, u64

HEADER_BYTES, LAYOUT_BYTES, CHECK_BYTES, HASH_BYTES = 64, 168, 20, 32
FACTOR, MASK = 0x9E3779B97F4A7C15, (1 << 64) - 1
MAX_POSITION, MAX_HEAD, MAX_GROUP, MAX_TRAILER = 1 << 48, 16 << 20, 256 << 20, 16_384


# --- the code ---

def _times(a, b):
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a = a << 1 ^ (0x11D if a & 0x80 else 0)
        b >>= 1
    return product


def _inverse(a):
    return next(b for b in range(1, 256) if _times(a, b) == 1)


def parity_shards(data, count):
    """`count` parity shards of these data shards."""
    out = []
    for j in range(count):
        shard = bytearray(len(data[0]))
        for i, source in enumerate(data):
            factor = _inverse(len(data) + j ^ i)
            table = bytes(_times(factor, value) for value in range(256))
            shard = bytearray(a ^ b for a, b in zip(shard, source.translate(table)))
        out.append(bytes(shard))
    return out


def check(shard):
    weak = 0
    for value in shard[:64]:
        weak = (weak * FACTOR + value) & MASK
    return digest(shard)[:16] + u32(weak >> 32)


# --- the layout ---

class Layout(SimpleNamespace):
    """superblock, begin, end, protected_end, sequence, last_commit, shard, n, m, stripes, group_stripes."""

    @property
    def groups(self):
        return -(-self.stripes // self.group_stripes)

    def stripes_of(self, group):
        return range(group * self.group_stripes, min(self.stripes, (group + 1) * self.group_stripes))

    def head_bytes(self, group):
        return LAYOUT_BYTES + CHECK_BYTES * len(self.stripes_of(group)) * (self.n + self.m) + HASH_BYTES

    def frame_bytes(self, group, row):
        return HEADER_BYTES + self.head_bytes(group) + (len(self.stripes_of(group)) * self.shard if row < self.m else 0)

    def frame_position(self, group, row):
        whole = sum(self.frame_bytes(each, 0) for each in range(self.groups))
        return self.end + row * whole + sum(self.frame_bytes(each, row) for each in range(group))

    @property
    def trailer_position(self):
        return self.frame_position(self.groups, self.m)

    def data_shard(self, package, stripe, i):
        at = self.begin + (i * self.stripes + stripe) * self.shard
        return package[at:min(at + self.shard, self.end)].ljust(self.shard, b"\0")


# --- writing ---

def protect(package, shard=200, n=5, m=2, stripes=None, group_stripes=2, begin=0, edit=None):
    """A set behind the package's trailer, and a new trailer: `stripes` of at most `n` data shards.

    `edit` changes (row, group, fields of a body) before it is hashed.
    """
    end = len(package.out)
    shards = -(-(end - begin) // shard)
    stripes = stripes or -(-shards // n)
    n = -(-shards // stripes)
    trailer_bytes = 64 + 120 + 8 * len(package.envelopes)
    layout = Layout(superblock=package.out[:96], begin=begin, end=end, protected_end=0, sequence=package.sequence, last_commit=package.last_commit,
                    shard=shard, n=n, m=m, stripes=stripes, group_stripes=group_stripes)
    layout.protected_end = layout.trailer_position + trailer_bytes
    data = [[layout.data_shard(package.out, stripe, i) for i in range(n)] for stripe in range(stripes)]
    shards = [row + parity_shards(row, m) for row in data]
    for row in range(m + 1):
        for group in range(layout.groups):
            package.frame(f"parity{row}_{group}", FRAME_TYPES["parity"], _body(layout, shards, group, row, edit))
    package.trailer("trailer_behind")
    return package


def _body(layout, shards, group, row, edit):
    it = SimpleNamespace(**vars(layout), magic=b"NPKPRTY1", group=group, row=row, reserved=0, hash=None,
                         checks=b"".join(check(shard) for stripe in layout.stripes_of(group) for shard in shards[stripe]),
                         shards=b"".join(shards[stripe][layout.n + row] for stripe in layout.stripes_of(group)) if row < layout.m else b"")
    if edit:
        edit(row, group, it)
    head = it.magic + it.superblock + u64(it.begin) + u64(it.end) + u64(it.protected_end) + u64(it.sequence) + u64(it.last_commit)
    head += u32(it.shard) + u16(it.n) + u16(it.m) + u32(it.stripes) + u32(it.group_stripes) + u32(it.group) + u16(it.row) + u16(it.reserved) + it.checks
    return head + (digest(head) if it.hash is None else it.hash) + it.shards


# --- reading ---

def verify_frame(superblock, position, header, body):
    """What `verify` checks of a parity frame."""
    it = Cursor(body, "parity frame")
    require(it.take(8) == b"NPKPRTY1", "not a parity frame")
    layout = Layout(superblock=it.take(96), begin=it.integer(8), end=it.integer(8), protected_end=it.integer(8), sequence=it.integer(8),
                    last_commit=it.integer(8), shard=it.integer(4), n=it.integer(2), m=it.integer(2), stripes=it.integer(4), group_stripes=it.integer(4))
    group, row, reserved = it.integer(4), it.integer(2), it.integer(2)
    require(reserved == 0, "parity: reserved")
    _check_layout(layout)
    require(group < layout.groups and row <= layout.m, "parity: group or row")
    count = len(layout.stripes_of(group)) * (layout.n + layout.m)
    checks = [it.take(CHECK_BYTES) for _ in range(count)]
    head_bytes = it.at
    require(it.take(HASH_BYTES) == digest(body[:head_bytes]), "parity: hash of the head")
    require(layout.frame_position(group, row) == position, "parity: a frame elsewhere")
    require(layout.frame_bytes(group, row) == HEADER_BYTES + len(body), "parity: length")
    if row < layout.m:
        for number in range(len(layout.stripes_of(group))):
            require(check(it.take(layout.shard)) == checks[number * (layout.n + layout.m) + layout.n + row], "parity: a shard's check")
    require(layout.superblock == superblock, "parity: superblock")
    require(header.sequence == layout.sequence + row * layout.groups + group and header.last_commit == layout.last_commit, "parity: order of frames")


def _check_layout(it):
    require(it.protected_end <= MAX_POSITION, "parity: too far", "limit")
    require(it.begin < it.end < it.protected_end and (it.begin == 0 or it.begin >= 96), "parity: range")
    require(it.last_commit < it.end, "parity: last commit")
    require(64 <= it.shard <= 1 << 20, "parity: shard length")
    require(it.n >= 1 and it.m >= 1 and it.n + it.m <= 255, "parity: shards of a stripe")
    require(1 <= it.group_stripes <= it.stripes, "parity: group")
    shards = -(-(it.end - it.begin) // it.shard)
    require(it.stripes * (it.n - 1) < shards <= it.stripes * it.n, "parity: stripes do not fit the range")
    first = len(it.stripes_of(0))
    require(it.head_bytes(0) <= MAX_HEAD and first * it.shard * (it.n + it.m) <= MAX_GROUP, "parity: a group too large", "limit")
    require(184 <= it.protected_end - it.trailer_position <= MAX_TRAILER, "parity: end of the trailer")
