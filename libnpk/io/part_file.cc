#include "io/placed_sink.h"
#include "npk/part_sink.h"

namespace npk {
namespace {

class PartFile final : public PartStore {
 public:
  explicit PartFile(std::unique_ptr<io::PlacedSink> file) : name_(file->name()), file_(std::move(file)) {}

  Result<void> put(std::uint32_t, std::uint64_t offset, ByteView bytes) override { return bytes.empty() ? Result<void>() : file_->write_at(offset, bytes); }
  Result<void> complete(std::uint32_t) override { return file_->commit(); }
  void abandon() noexcept override { file_.reset(); }
  std::string name() const override { return name_; }

 private:
  std::string name_;
  std::unique_ptr<io::PlacedSink> file_;
};

}  // namespace

Result<std::shared_ptr<PartStore>> part_file(const std::string& path) {
  NPK_ASSIGN(auto file, io::create_placed_file(path));
  return std::make_shared<PartFile>(std::move(file));
}

}  // namespace npk
