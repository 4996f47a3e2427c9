#include "privacy/export.h"

#include <array>
#include <cstdio>
#include <utility>

#include "gen/privacy.h"
#include "privacy/sections.h"

namespace luso::privacy {
namespace {

using io::PgParams;
using io::PgResult;
using io::PgRow;

// {"format":"lusotown-export/1","created_at":"…","username":"ana","account":[…],"sessions":[…],…}
class Writer {
 public:
  Writer(Subject subject, WallTime now, io::Pg& pg) : subject_(std::move(subject)), now_(now), pg_(pg) {}

  // The next piece; empty when all is said.
  Task<Result<std::optional<SharedBytes>>> next() {
    if (section_ == sections().size()) co_return std::optional<SharedBytes>();
    const Section& section = sections()[section_];
    std::string text;
    if (section_ == 0 && after_ == 0) text = head();
    if (after_ == 0) text.append(",\n\"").append(section.name).append("\":[");
    PgParams params{subject_.id, after_};
    CO_TRY(const PgResult rows, co_await pg_.query(*section.page, std::move(params)));
    for (std::size_t i = 0; i < rows.size(); ++i) append(text, rows.row(i));
    if (rows.size() < static_cast<std::size_t>(kPageRows)) close(text);
    const ByteView bytes = as_bytes(text);
    co_return share(Bytes(bytes.begin(), bytes.end()));
  }

 private:
  [[nodiscard]] std::string head() const {
    std::string text = gen::to_json(
        gen::DataExport{.format = std::string(kFormat), .created_at = now_, .username = subject_.username});
    text.pop_back();  // The object goes on.
    return text;
  }

  void append(std::string& text, const PgRow& row) {
    text += after_ == 0 ? "\n" : ",\n";
    text += row.text("row");
    after_ = row.integer("key");
  }

  void close(std::string& text) {
    text += ']';
    after_ = 0;
    ++section_;
    if (section_ == sections().size()) text += "}\n";
  }

  const Subject subject_;
  const WallTime now_;
  io::Pg& pg_;
  std::size_t section_ = 0;
  std::int64_t after_ = 0;  // The last key that was written; 0 at the beginning of a section.
};

}  // namespace

io::BodySource export_of(Subject subject, WallTime now, io::Pg& pg) {
  auto writer = std::make_shared<Writer>(std::move(subject), now, pg);
  return [writer] { return writer->next(); };
}

std::string file_name(const Subject& subject, WallTime now) {
  const auto day = std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(now));
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return "lusotown-" + subject.username + '-' + text.data() + ".json";
}

}  // namespace luso::privacy
