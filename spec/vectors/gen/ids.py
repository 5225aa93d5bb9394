"""Every id of the format, by name (registry.md has the same; tests/conformance compares the two)."""

FRAME_TYPES = {"block": 1, "dictionary": 2, "manifest": 3, "catalog_page": 4, "chunk_page": 5, "envelope": 6, "signature": 7,
               "parity": 8, "commit": 9, "trailer": 10, "padding": 11, "hint_page": 12}
CLEAR_FRAMES = {FRAME_TYPES[name] for name in ("envelope", "trailer", "parity", "padding")}

CIPHERS = {"xchacha20poly1305": 1, "aes256gcm": 2}

FILTER_NAMES = ["words", "json", "markup", "delimited", "lines", "integers", "byte_shuffle", "bit_shuffle", "element_delta", "decimal_floats", "x86_branches",
                "arm64_branches"]
CODECS = {"store": 0, "zstd": 1, "lz4": 2, "lzma2": 3} | {name: 64 + place for place, name in enumerate(FILTER_NAMES)}
FILTERS = {CODECS[name] for name in FILTER_NAMES}

ENCODINGS = {"constant": 1, "frame_of_reference": 2, "delta": 3, "zero_run": 4, "dictionary": 5, "bytes": 16}

KINDS = {"regular": 1, "directory": 2, "symlink": 3, "character_device": 4, "block_device": 5, "fifo": 6}
DEVICES = (KINDS["character_device"], KINDS["block_device"])

PAGES = {"catalog_leaf": 1, "catalog_node": 2, "manifest": 3, "chunk_leaf": 4, "chunk_node": 5, "hint": 6, "hint_node": 7}

SECTIONS = {"kept_statement": 1, "metadata": 2}

COLUMNS = {
    "path_shared": 1, "path_suffix_length": 2, "path_suffix": 3, "kind": 4, "mode": 5, "uid": 6, "gid": 7, "user_name": 8, "group_name": 9,
    "name_length": 10, "name_bytes": 11, "mtime_seconds": 12, "mtime_nanoseconds": 13, "size": 14, "run_count": 15, "run_first_chunk": 16,
    "run_chunk_count": 17, "run_bytes": 18, "digest": 19, "link_group": 20, "target_length": 21, "target_bytes": 22, "device": 23,
    "xattr_count": 24, "xattr_name_length": 25, "xattr_value_length": 26, "xattr_bytes": 27,
    "child_position": 32, "child_stored_length": 33, "child_hash": 34, "child_entries": 35, "child_content_hash": 36,
    "chunk_length": 48, "chunk_hash": 49, "chunk_block": 50, "chunk_offset": 51, "block_position": 52, "block_stored_length": 53,
    "block_raw_length": 54, "block_hash": 55, "block_base": 56, "block_is_dictionary": 57,
    "child_first_number": 64, "child_first_block": 65, "child_first_byte": 66,
    "hint_device": 80, "hint_inode": 81, "hint_ctime_seconds": 82, "hint_ctime_nanoseconds": 83, "hint_scan_seconds": 84,
}
