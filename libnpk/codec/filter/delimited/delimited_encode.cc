#include <algorithm>

#include "codec/filter/delimited/delimited_rows_encode.h"
#include "codec/filter/delimited/key_cells_encode.h"
#include "codec/filter/lines/index_table_encode.h"
#include "codec/filter/templates/template_encode.h"
#include "codec/filter/templates/value_hash_encode.h"
#include "codec/filter_encoder_functions.h"
#include "codec/filter_registry.h"

namespace npk::codec {
namespace {

constexpr std::uint32_t kFewestUses = 4;
constexpr std::uint16_t kTextColumn = 0;
// What a column of numbers has at least, for a row of names to be the heading of another file.
constexpr std::uint32_t kFewestAbove = 4;
// Rows of a file that has columns of its own.
constexpr std::uint32_t kFewestOfFile = 128;
constexpr std::size_t kMostCells = 2048;
// Rows of a schema that is worth a search for a key; schemas at most.
constexpr std::uint32_t kFewestKeyed = 1U << 11;
constexpr std::size_t kMostKeyed = 4;
// Of a key's value among the bits of what names a template or column.
constexpr unsigned kKeyShift = 48;
constexpr std::size_t kKeptTemplates = 1;  // for text

bool begins_number(ByteView cell) {
  for (const std::uint8_t byte : cell) {
    if (byte == ' ' || byte == '-' || byte == '+' || byte == '.') continue;
    return byte >= '0' && byte <= '9';
  }
  return false;
}

class DelimitedEncoder {
 public:
  explicit DelimitedEncoder(ByteView raw) : raw_(raw), table_(split_rows(raw)) { block_.column_is_text.push_back(true); }

  std::optional<std::size_t> run(MutableBytes out) {
    count();
    find_keys();
    for (std::size_t i = 0; i < table_.rows.size(); ++i) {
      add(table_.rows[i], keys_[i]);
      table_.cells.release_before(table_.rows[i].first_cell);
      table_.rows.release_before(i);
      keys_.release_before(i);
    }
    if (text_bytes_ > raw_.size() / 2 || block_.templates.empty()) return std::nullopt;
    block_.tail = raw_.subspan(table_.length);
    table_ = {};
    keys_ = {};
    return write_templates(block_, raw_, out);
  }

 private:
  // Of a row, as indices: its file's columns; those and which cells are quoted.
  struct RowKey {
    std::uint32_t schema;
    std::uint32_t shape;
    std::uint32_t any_schema, any_shape;  // the same, of all files
  };

  // Which of the first cells have been numbers in the last rows of so many cells, but for few.
  class RecentNumbers {
   public:
    void push(std::uint32_t cells, std::uint64_t numbers) noexcept {
      if (cells != cells_) *this = {};
      cells_ = cells;
      if (++rows_ % kWindowRows == 0) {
        before_ = often_;
        once_ = twice_ = often_ = 0;
      }
      often_ |= twice_ & ~numbers;
      twice_ |= once_ & ~numbers;
      once_ |= ~numbers;
    }
    [[nodiscard]] bool have_column() const noexcept { return rows_ >= kFewestAbove && (rows_ < kWindowRows ? ~twice_ : ~(often_ | before_)) != 0; }

   private:
    static constexpr std::uint32_t kWindowRows = 64;

    std::uint32_t cells_ = 0;
    std::uint32_t rows_ = 0;
    std::uint64_t once_ = 0, twice_ = 0, often_ = 0;  // cells that were no number that often in the window
    std::uint64_t before_ = 0;                        // often_ of the window before
  };

  // Rows whose cells are of the same columns.
  struct Schema {
    std::uint32_t number = 0;
    std::uint32_t uses = 0;
    std::uint32_t cells = 0;
    std::uint32_t seen = 0;
    FilterVector<std::uint32_t> sample{};  // the first cells of some
  };

  struct SchemaKey {
    std::uint32_t schema;
    KeyCell key;
  };

  ByteView bytes_of(Place place) const { return raw_.subspan(place.offset, place.length); }

  // Of a row of one cell: what ends it.
  [[nodiscard]] std::uint8_t delimiter_of(const DelimitedRow& row) const {
    const DelimitedCell& cell = table_.cells[row.first_cell];
    return raw_[cell.offset + cell.length + (cell.quoted ? 1U : 0U)];
  }

  // Which of the first cells are numbers.
  [[nodiscard]] std::uint64_t numbers_in(const DelimitedRow& row) const {
    std::uint64_t numbers = 0;
    for (std::size_t i = 0; i < std::min<std::size_t>(row.cells, 64); ++i) {
      if (begins_number(bytes_of(table_.cells[row.first_cell + i].place()))) numbers |= 1ULL << i;
    }
    return numbers;
  }

  // No numbers below such columns, and a name in each cell but the first, before a row that has numbers again.
  [[nodiscard]] bool is_heading(std::size_t number, const RecentNumbers& recent) const {
    const DelimitedRow& row = table_.rows[number];
    if (!recent.have_column() || number + 1 == table_.rows.size()) return false;
    for (std::size_t i = 1; i < row.cells; ++i) {
      if (table_.cells[row.first_cell + i].length == 0) return false;
    }
    return true;
  }

  // A heading begins a file, whose columns are those of other files with the same; rows of another number of cells are apart. Files of few rows have
  // columns together.
  void count() {
    std::uint64_t file = 0, heading = 0;
    RecentNumbers recent;
    for (std::size_t number = 0; number < table_.rows.size(); ++number) {
      const DelimitedRow& row = table_.rows[number];
      const std::uint64_t numbers = row.cells > 1 ? numbers_in(row) : ~0ULL;
      if (numbers == 0) {
        const std::uint64_t hash = hash_bytes(raw_.subspan(row.offset, row.length));
        if (heading == 0) heading = hash;
        const bool begins = hash == heading || is_heading(number, recent);
        if (begins) file = hash == heading ? 0 : hash, recent = {};
      } else if (row.cells > 1) {
        recent.push(row.cells, numbers);
      }
      note_row(row, file);
    }
    find_own_columns();
  }

  // Text is best beside its like, of other files too: only columns of numbers are a file's own.
  void find_own_columns() {
    own_columns_.resize(schema_uses_.size(), ~std::uint64_t{0});
    FilterVector<std::uint64_t> odd(schema_uses_.size());  // cells that were no number once
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      RowKey& key = keys_[i];
      const std::uint32_t uses = schema_uses_[key.schema];
      if (uses < kFewestOfFile) key = {key.any_schema, key.any_shape, key.any_schema, key.any_shape};
      if (uses == schema_uses_[key.any_schema]) continue;
      const std::uint64_t others = ~numbers_in(table_.rows[i]);
      own_columns_[key.schema] &= ~(odd[key.schema] & others);
      odd[key.schema] |= others;
    }
  }

  void note_row(const DelimitedRow& row, std::uint64_t file) {
    const std::uint64_t form = mix_hash(row.quotes, row.carriage_return ? 1 : 0);
    const std::uint64_t any = mix_hash(mix_hash(0, delimiter_of(row)), row.cells);
    const std::uint64_t own = mix_hash(any, file), shape = mix_hash(own, form);
    // Most are like the row before.
    if (keys_.size() == 0 || own != last_schema_ || shape != last_shape_) {
      last_schema_ = own, last_shape_ = shape;
      last_key_ = {index(schemas_, schema_uses_, own), index(shapes_, shape_uses_, shape), index(schemas_, schema_uses_, ~any),
                   index(shapes_, shape_uses_, mix_hash(~any, form))};
    }
    ++schema_uses_[last_key_.schema], ++schema_uses_[last_key_.any_schema];
    ++shape_uses_[last_key_.shape], ++shape_uses_[last_key_.any_shape];
    keys_.push_back(last_key_);
  }

  // Of the largest schemas, by rows of their middle.
  void find_keys() {
    FilterVector<std::uint32_t> uses(schema_uses_.size());
    keys_.for_each([&](const RowKey& key) { ++uses[key.schema]; });
    FilterVector<Schema> schemas;
    for (std::uint32_t i = 0; i < uses.size(); ++i) {
      if (uses[i] >= kFewestKeyed) schemas.push_back({.number = i, .uses = uses[i]});
    }
    std::ranges::stable_sort(schemas, std::ranges::greater(), &Schema::uses);
    if (schemas.size() > kMostKeyed) schemas.resize(kMostKeyed);
    for (std::size_t i = 0; i < table_.rows.size() && !schemas.empty(); ++i) {
      const auto schema = std::ranges::find(schemas, keys_[i].schema, &Schema::number);
      if (schema == schemas.end()) continue;
      schema->cells = table_.rows[i].cells;
      if (2 * schema->seen++ + kKeySampleRows >= schema->uses && schema->sample.size() < kKeySampleRows) schema->sample.push_back(table_.rows[i].first_cell);
    }
    for (const Schema& schema : schemas) {
      if (schema.cells < 2) continue;
      if (auto key = find_key_cell(raw_, table_.cells, schema.sample, schema.cells)) key_cells_.push_back({schema.number, *std::move(key)});
    }
  }

  [[nodiscard]] const KeyCell* key_cell_of(std::uint32_t schema) const {
    const auto found = std::ranges::find(key_cells_, schema, &SchemaKey::schema);
    return found == key_cells_.end() ? nullptr : &found->key;
  }

  static std::uint32_t index(IndexTable& table, FilterVector<std::uint32_t>& uses, std::uint64_t hash) {
    const std::uint32_t index = table.index_of(hash);
    if (index == uses.size()) uses.push_back(0);
    return index;
  }

  void add(const DelimitedRow& row, RowKey key) {
    const bool known = row.cells > 1 && row.cells <= kMostCells && schema_uses_[key.schema] >= kFewestUses;
    if (!known || !add_row(row, key, shape_uses_[key.shape] >= kFewestUses)) add_text(row);
  }

  // With quotation marks in the template, or else in the values; a key's value in the template, too.
  bool add_row(const DelimitedRow& row, RowKey key, bool quotes_apart) {
    const KeyCell* const key_cell = key_cell_of(key.schema);
    const std::uint64_t key_number = key_cell == nullptr ? 0 : key_cell->number_of(bytes_of(table_.cells[row.first_cell + key_cell->cell].place()));
    const std::size_t values = row.cells - (key_number != 0 ? 1U : 0U);
    literals_.resize(values);
    values_.resize(values);
    std::size_t count = 0;
    std::uint32_t at = row.offset;
    for (std::size_t i = 0; i < row.cells; ++i) {
      if (key_number != 0 && i == key_cell->cell) continue;
      const DelimitedCell& cell = table_.cells[row.first_cell + i];
      const std::uint32_t marks = cell.quoted && !quotes_apart ? 1 : 0;
      const Place value{cell.offset - marks, cell.length + 2 * marks};
      literals_[count] = {at, value.offset - at};
      values_[count++] = value;
      at = value.offset + value.length;
    }
    const Place ending{at, row.offset + row.length - at};
    const std::uint64_t shape = quotes_apart ? 4ULL * key.shape : 4ULL * key.schema + (row.carriage_return ? 1 : 2);
    const std::uint64_t name = shape + (key_number << kKeyShift);
    if (!has_room(name)) return false;
    const std::uint32_t number = template_of(name);
    TemplateBlock::Template& line = block_.templates[number];
    if (line.columns.empty()) {
      slots_ += literals_.size();
      line.literals = literals_;
      line.ending = ending;
      for (std::uint64_t i = 0; i < row.cells; ++i) {
        if (key_number != 0 && i == key_cell->cell) continue;
        const std::uint64_t part = key_number != 0 && key_cell->splits(i) ? key_number << kKeyShift : 0;
        const bool own = i >= 64 || (own_columns_[key.schema] >> i & 1) != 0;
        line.columns.push_back(column_of(part + (own ? key.schema : key.any_schema) * kMostCells + i));
      }
    }
    if (!same(line.ending, ending) || !std::ranges::equal(line.literals, literals_, [this](Place a, Place b) { return same(a, b); })) return false;
    block_.sequence.push_back(number);
    for (const Place value : values_) block_.values.push_back(value);
    return true;
  }

  // Whether a template of as many cells as there are literals is known or may be added: beyond the format's limits rows are text.
  [[nodiscard]] bool has_room(std::uint64_t key) const {
    const bool full = block_.templates.size() + kKeptTemplates > kMaxTemplates || slots_ + literals_.size() + kKeptTemplates > kMaxTemplateSlots ||
                      block_.column_is_text.size() + literals_.size() > kMaxTemplateColumns;
    return !full || templates_.contains(key + 1);
  }

  // Most are a delimiter.
  [[nodiscard]] bool same(Place a, Place b) const {
    if (a.length != b.length || a.length == 0) return a.length == b.length;
    return raw_[a.offset] == raw_[b.offset] && (a.length == 1 || std::ranges::equal(bytes_of(a), bytes_of(b)));
  }

  // In pieces as the text column ends them.
  void add_text(const DelimitedRow& row) {
    const std::uint32_t number = template_of(3);
    TemplateBlock::Template& line = block_.templates[number];
    if (line.columns.empty()) line = {.literals = {{0, 0}}, .columns = {kTextColumn}, .ending = {0, 0}};
    std::uint32_t begin = row.offset;
    for (std::uint32_t i = row.offset; i < row.offset + row.length; ++i) {
      if (raw_[i] != '\n' && raw_[i] != '"') continue;
      block_.sequence.push_back(number);
      block_.values.push_back({begin, i + 1 - begin});
      begin = i + 1;
    }
    text_bytes_ += row.length;
  }

  std::uint32_t template_of(std::uint64_t key) {
    const std::uint32_t number = templates_.index_of(key + 1);
    if (number == block_.templates.size()) block_.templates.emplace_back();
    return number;
  }

  std::uint16_t column_of(std::uint64_t key) {
    const std::uint32_t column = columns_.index_of(mix_hash(1, key)) + 1;
    if (column == block_.column_is_text.size()) block_.column_is_text.push_back(false);
    return static_cast<std::uint16_t>(std::min<std::uint32_t>(column, 0xFFFF));
  }

  ByteView raw_;
  DelimitedRows table_;
  TemplateBlock block_;
  RecordList<RowKey> keys_;
  IndexTable schemas_, shapes_, templates_, columns_;
  FilterVector<std::uint32_t> schema_uses_, shape_uses_;
  std::uint64_t last_schema_ = 0, last_shape_ = 0;  // hashes of last_key_'s
  RowKey last_key_{};
  FilterVector<SchemaKey> key_cells_;
  FilterVector<std::uint64_t> own_columns_;  // by schema, a bit for each of the first cells
  FilterVector<Place> literals_, values_;
  std::size_t slots_ = 0;
  std::size_t text_bytes_ = 0;
};

}  // namespace

std::optional<std::size_t> encode_delimited(ByteView raw, MutableBytes out) {
  if (raw.empty() || raw.size() > kMaxFilteredRawBytes) return std::nullopt;
  if (!has_delimiter(raw)) return std::nullopt;
  return encode_within(structural_encoder_memory(raw.size()), kTableBytes + kTrialContextBytes, [&] { return DelimitedEncoder(raw).run(out); });
}

}  // namespace npk::codec
