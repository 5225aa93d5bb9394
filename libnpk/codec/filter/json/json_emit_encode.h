// Writes the tokens of a scanned block in order, and their values to columns.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "codec/filter/json/json_plan_encode.h"
#include "codec/filter/json/json_scan_encode.h"
#include "codec/filter/json/json_structure_encode.h"
#include "npk/bytes.h"

namespace npk::codec::json {

class Emitter {
 public:
  Emitter(ByteView raw, const Scan& scanned, const Plan& planned);

  // False if there are more tokens than there may be.
  [[nodiscard]] bool run();
  // What run() made: all parts behind the skeletons.
  void add_parts(std::vector<Bytes>& parts) const;

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

  void find_sources();
  void vote(std::uint16_t token, const Piece& value, std::vector<std::uint16_t>& recent);
  void emit(std::uint16_t token, const Piece& value);
  void put(std::uint16_t& number, std::uint16_t token, std::uint16_t copied_column);
  [[nodiscard]] bool is_last(std::uint16_t column, const Piece& value) const;
  [[nodiscard]] ByteView view(const Piece& piece) const { return raw_.subspan(piece.offset, piece.length); }
  template <class Use>
  void each_token(const Use& use) const;

  ByteView raw_;
  const Scan& scanned_;
  const Plan& plan_;
  std::vector<Source> sources_;                  // by planned token
  std::vector<std::uint16_t> plain_, copying_;   // by planned token: its number in the dictionary
  std::vector<FinalToken> dictionary_;
  std::vector<Piece> last_;                      // by column: its last value
  std::vector<std::size_t> begins_, ends_;       // by column: of its values
  std::vector<ByteView> values_;
  StructureWriter structure_;
};

}  // namespace npk::codec::json
