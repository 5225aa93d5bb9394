#include "npk/ops/encode.h"

#include <optional>

namespace npk::ops {
namespace {

// The caller's source, lent.
class LentSource final : public SequentialSource {
 public:
  explicit LentSource(SequentialSource& inner) noexcept : inner_(inner) {}
  Result<std::size_t> read(MutableBytes out) override { return inner_.read(out); }
  std::string name() const override { return inner_.name(); }

 private:
  SequentialSource& inner_;
};

// The caller's sink, which is committed only when all has gone well.
class LentSink final : public Sink {
 public:
  explicit LentSink(Sink& inner) noexcept : inner_(inner) {}
  Result<void> write(ByteView bytes) override { return inner_.write(bytes); }
  Result<void> commit() override { return {}; }
  std::string name() const override { return inner_.name(); }

 private:
  Sink& inner_;
};

}  // namespace

Result<WriteReport> encode_stream(SequentialSource& source, const EntryRow& entry, Sink& package,
                                  const WriterOptions& options) {
  std::optional<Error> problem;
  WriterOptions noting = options;
  noting.problem = [&](const Error& error) {
    problem = error;
    if (options.problem) options.problem(error);
  };
  PackageWriter writer(std::move(noting));
  NPK_TRY(writer.add(entry, [&]() -> Result<std::unique_ptr<SequentialSource>> {
    return std::make_unique<LentSource>(source);
  }));
  LentSink sink(package);
  NPK_ASSIGN(const WriteReport report, writer.finish(sink));
  if (report.failed_entries != 0 && problem) return std::unexpected(*std::move(problem));
  NPK_TRY(package.commit());
  return report;
}

}  // namespace npk::ops
