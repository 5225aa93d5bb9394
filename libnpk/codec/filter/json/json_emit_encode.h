// Writes the tokens of a scanned block in order, and their values to columns.
#pragma once

#include <cstdint>
#include <span>

#include "codec/filter/encoder_memory.h"
#include "codec/filter/json/json_plan_encode.h"
#include "codec/filter/json/json_scan_encode.h"
#include "codec/filter/json/json_structure_encode.h"
#include "npk/bytes.h"

namespace npk::codec::json {

class Emitter {
 public:
  Emitter(ByteView raw, Scan& scanned, const Plan& planned);

  // Lets the occurrences go.
  void run();
  // What run() made: all parts but the styles.
  void add_parts(FilterVector<FilterBytes>& parts) const;

 private:
  struct FinalToken {
    std::uint16_t planned = 0;
    std::uint16_t copied_column = kNoColumn;  // of the plan; kNoColumn: the value is in the token's own
  };
  // A token's values are often those that another column had last: which one, and how sure that is.
  struct Source {
    std::uint16_t column = kNoColumn;
    std::int32_t votes = 0;
  };

  [[nodiscard]] FilterBytes encode_column(std::uint16_t column) const;
  void find_sources();
  void order_dictionary();
  void add_skeletons(FilterVector<FilterBytes>& parts) const;
  [[nodiscard]] FilterVector<std::uint16_t> add_columns_of_tokens(FilterBytes& part) const;
  void vote(std::uint16_t token, const Piece& value, FilterVector<std::uint16_t>& recent);
  void emit(std::uint16_t token, const Piece& value);
  [[nodiscard]] bool may_copy(std::uint16_t token);
  void put(std::uint16_t& number, std::uint16_t token, std::uint16_t copied_column);
  [[nodiscard]] bool is_last(std::uint16_t column, const Piece& value) const;
  [[nodiscard]] ByteView view(const Piece& piece) const { return raw_.subspan(piece.offset, piece.length); }
  template <class Use>
  bool each_token_of(const Occurrence& occurrence, const Use& use) const;

  ByteView raw_;
  Scan& scanned_;
  const Plan& plan_;
  FilterVector<Source> sources_;                  // by planned token
  FilterVector<std::uint16_t> plain_, copying_;   // by planned token: its number in the dictionary
  FilterVector<FinalToken> dictionary_;
  FilterVector<Piece> last_;                      // by column: its last value
  FilterVector<std::size_t> begins_, ends_;       // by column: of its values
  FilterVector<Piece> values_;
  Budget copying_budget_;
  StructureWriter structure_;
  FilterBytes codes_;
};

}  // namespace npk::codec::json
