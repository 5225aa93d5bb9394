#include <algorithm>
#include <cmath>

#include "synth/tree_fate.h"
#include "synth/tree_names.h"
#include "synth/tree_sizes.h"

namespace npk::synth {
namespace {

using internal::Draws;
using internal::FileFate;
using internal::Purpose;

constexpr std::uint64_t kMostOfAKind = (std::uint64_t{1} << 32) - 1;
constexpr std::uint64_t kContents = 1, kEdits = 2;  // what seeds are derived for
constexpr std::int64_t kDaySeconds = 86'400, kYearSeconds = 365 * kDaySeconds;

Result<void> check(const TreeOptions& options) {
  if (options.files > kMostOfAKind) return fail(Errc::misuse, "files must be below 2^32");
  if (options.total_bytes > (std::uint64_t{1} << 54)) return fail(Errc::misuse, "total_bytes must be at most 2^54");
  if (options.total_bytes != 0 && options.files == 0) return fail(Errc::misuse, "files must not be 0: there are bytes to put somewhere");
  if (!(options.spread >= 0 && options.spread <= 6)) return fail(Errc::misuse, "spread must be from 0 to 6");
  if (options.directories == 0 || options.directories > kMostOfAKind) return fail(Errc::misuse, "directories must be from 1 to 2^32 - 1");
  if (options.fan_out == 0) return fail(Errc::misuse, "fan_out must be at least 1");
  if (options.name_bytes > 255) return fail(Errc::misuse, "name_bytes must be at most 255");
  return {};
}

}  // namespace

std::optional<std::uint64_t> directories_of_depth(std::uint64_t depth, std::uint64_t fan_out) noexcept {
  std::uint64_t all = 1, level = 1;
  for (; depth != 0 && fan_out != 0; --depth) {
    if (level > kMostOfAKind / fan_out) return std::nullopt;
    level *= fan_out;
    all += level;
    if (all > kMostOfAKind) return std::nullopt;
  }
  return all;
}

class Tree::Impl {
 public:
  explicit Impl(const TreeOptions& given) : options(given), draws(given.seed) {}

  Result<void> prepare() {
    NPK_ASSIGN(edits, internal::EditRule::of(options.edits));
    // As many files are unique as blocks would be.
    NPK_ASSIGN(const ObjectLayout copies, ObjectLayout::of({.seed = {}, .size_bytes = options.files * kCellBytes, .dedup = options.dedup, .compress = 1,
                                                            .block_bytes = kCellBytes}));
    NPK_ASSIGN(const ObjectLayout contents, ObjectLayout::of(style(kContents, 0)));
    static_cast<void>(contents);
    sizes = {.files = options.files, .unique_files = copies.unique_blocks, .total_bytes = options.total_bytes, .distribution = options.sizes,
             .spread_thousandths = static_cast<std::uint64_t>(std::llround(options.spread * 1000)), .total_weight = 0};
    sizes.draw_total(draws);
    return {};
  }

  [[nodiscard]] ObjectOptions style(std::uint64_t purpose, std::uint64_t size) const {
    return {.seed = options.seed.derived(purpose), .size_bytes = size, .dedup = 1, .compress = options.compress, .block_bytes = options.block_bytes};
  }

  // Directories are numbered as in a heap of options.fan_out children; 0 is the top.
  [[nodiscard]] std::string directory_path(std::uint64_t number) const {
    std::vector<std::uint64_t> line;
    for (; number != 0; number = (number - 1) / options.fan_out) line.push_back(number);
    std::string path;
    for (auto part = line.rbegin(); part != line.rend(); ++part) path.append(internal::directory_name(draws, *part)) += '/';
    return path;
  }

  [[nodiscard]] std::string path_of(std::uint64_t number, const FileFate& fate) const {
    const bool first_place = fate.renamed_in == 0 && number < options.files;
    const std::uint64_t directory = first_place ? number * options.directories / options.files
                                                : draws.word(Purpose::directory, number, fate.renamed_in) % options.directories;
    return directory_path(directory) + internal::file_name(draws, number, fate.renamed_in, options.name_bytes);
  }

  [[nodiscard]] Result<TreeContent> content(std::uint64_t number, std::uint64_t first_size, const FileFate& fate) const {
    ObjectOptions object = style(kContents, first_size);
    object.seed = object.seed.derived(number < options.files ? number % sizes.unique_files : number);
    NPK_ASSIGN(const ObjectGenerator generator, ObjectGenerator::create(object));
    TreeContent content;
    content.insert(0, generator);
    for (const std::uint32_t generation : fate.changed_in) NPK_TRY(internal::edit(content, edits, draws, style(kEdits, 0), number, generation));
    return content;
  }

  [[nodiscard]] Result<TreeFile> file(std::uint64_t number, std::uint64_t first_size, const FileFate& fate) const {
    TreeFile file{.number = number,
                  .path = path_of(number, fate),
                  .mtime_seconds = time_of(number, fate.last_touched()),
                  .first_size = first_size,
                  .content = {}};
    NPK_ASSIGN(file.content, content(number, first_size, fate));
    return file;
  }

  [[nodiscard]] std::int64_t time_of(std::uint64_t number, std::uint32_t generation) const {
    const std::uint64_t word = draws.word(Purpose::time, number, generation);
    if (generation == 0) return options.time_seconds - static_cast<std::int64_t>(word % kYearSeconds);
    return options.time_seconds + generation * kDaySeconds + static_cast<std::int64_t>(word % kDaySeconds);
  }

  // visit(number, size at its birth) of all files that have ever been up to `generation`.
  template <class Visit>
  Result<void> walk(std::uint32_t generation, Visit visit) const {
    internal::SizeSequence sequence(sizes, draws);
    const std::uint64_t all = options.files + internal::added_through(edits, options.files, generation);
    for (std::uint64_t number = 0; number < all; ++number) {
      const std::uint64_t size = number < options.files ? sequence.next() : sizes.size_of_added(draws, number);
      NPK_TRY(visit(number, size));
    }
    return {};
  }

  [[nodiscard]] FileFate fate_of(std::uint64_t number, std::uint32_t generation) const {
    return FileFate::of(edits, draws, options.files, number, generation);
  }

  const TreeOptions options;
  const Draws draws;
  internal::EditRule edits;
  internal::SizeRule sizes;
};

Result<Tree> Tree::create(const TreeOptions& options) {
  NPK_TRY(check(options));
  auto impl = std::make_unique<Impl>(options);
  NPK_TRY(impl->prepare());
  return Tree(std::move(impl));
}

Tree::Tree(std::unique_ptr<const Impl> impl) noexcept : impl_(std::move(impl)) {}
Tree::~Tree() = default;
Tree::Tree(Tree&&) noexcept = default;
Tree& Tree::operator=(Tree&&) noexcept = default;

std::uint64_t Tree::unique_files() const noexcept { return impl_->sizes.unique_files; }
Result<TreeContent> Tree::content_of(std::uint64_t number, std::uint64_t first_size, std::uint32_t generation) const {
  return impl_->content(number, first_size, impl_->fate_of(number, generation));
}
const TreeOptions& Tree::options() const noexcept { return impl_->options; }

Result<void> Tree::for_each_directory(const std::function<Result<void>(const std::string&)>& visit) const {
  for (std::uint64_t number = 1; number < impl_->options.directories; ++number) {
    std::string path = impl_->directory_path(number);
    path.pop_back();
    NPK_TRY(visit(path));
  }
  return {};
}

Result<void> Tree::for_each_file(std::uint32_t generation, const std::function<Result<void>(TreeFile)>& visit) const {
  return impl_->walk(generation, [&](std::uint64_t number, std::uint64_t size) -> Result<void> {
    const FileFate fate = impl_->fate_of(number, generation);
    if (!fate.present) return {};
    NPK_ASSIGN(TreeFile file, impl_->file(number, size, fate));
    return visit(std::move(file));
  });
}

Result<void> Tree::for_each_change(std::uint32_t from, std::uint32_t to, const std::function<Result<void>(TreeChange)>& visit) const {
  if (from > to) return fail(Errc::misuse, "generations: the first must not be above the second");
  return impl_->walk(to, [&](std::uint64_t number, std::uint64_t size) -> Result<void> {
    const FileFate before = impl_->fate_of(number, from), after = impl_->fate_of(number, to);
    const bool same_content = before.changed_in.size() == after.changed_in.size();
    if (!before.present && !after.present) return {};
    if (before.present && after.present && same_content && before.renamed_in == after.renamed_in) return {};
    TreeChange change;
    if (before.present) change.old_path = impl_->path_of(number, before);
    change.same_content = before.present && after.present && same_content;
    if (after.present) {
      NPK_ASSIGN(change.now, impl_->file(number, size, after));
    }
    return visit(std::move(change));
  });
}

}  // namespace npk::synth
