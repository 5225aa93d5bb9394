#include "npk/synth.h"

namespace npk::synth {
namespace {

class ObjectSource final : public SequentialSource {
 public:
  ObjectSource(const ObjectGenerator& object, std::string name) : object_(object), name_(std::move(name)) { object_.reset(); }
  Result<std::size_t> read(MutableBytes out) override { return object_.fill(out); }
  std::string name() const override { return name_; }

 private:
  ObjectGenerator object_;
  std::string name_;
};

class ObjectAtRandom final : public RandomAccessSource {
 public:
  ObjectAtRandom(const ObjectGenerator& object, std::string name) : object_(object), name_(std::move(name)) {}
  Result<std::uint64_t> size() const override { return object_.total(); }
  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const override { return object_.fill_at(offset, out); }
  std::string name() const override { return name_; }

 private:
  ObjectGenerator object_;
  std::string name_;
};

}  // namespace

std::unique_ptr<SequentialSource> object_source(const ObjectGenerator& object, std::string name) {
  return std::make_unique<ObjectSource>(object, std::move(name));
}

std::shared_ptr<RandomAccessSource> object_at_random(const ObjectGenerator& object, std::string name) {
  return std::make_shared<ObjectAtRandom>(object, std::move(name));
}

}  // namespace npk::synth
