#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "identity/letters.h"
#include "io/mail_transport.h"
#include "io/pg.h"
#include "io/reactor.h"
#include "notify/letter_writer.h"

namespace luso::notify {

// Letters on their way out. post() writes a row with the fact the letter tells of; run() hands rows to the
// transport and deletes what it took. A crash in between sends a letter twice rather than never. Several
// processes may run: each row is leased to one of them at a time.
class Outbox final : public identity::Letters {
 public:
  static constexpr int kBatch = 16;     // Letters leased in one round.
  static constexpr int kTriesMax = 12;  // About half a day; then the letter is lost, and the log says so.
  static constexpr Duration kLease = std::chrono::minutes(10);       // After a crash in mid-delivery.
  static constexpr Duration kRetryFirst = std::chrono::seconds(15);  // Doubles with each try.
  static constexpr Duration kRetryMax = std::chrono::hours(2);
  static constexpr Duration kPollEvery =
      std::chrono::seconds(15);  // For letters that other processes posted.

  Outbox(std::string public_url, const Clock& clock, io::Reactors& reactors, io::Pg& pg,
         io::MailTransport& transport);
  ~Outbox() override;

  // Any reactor may call these two.
  Task<Result<void>> post(io::PgSessionPtr transaction, identity::Letter letter) override;
  void wake() override;

  // Delivers until it is cancelled. Lives on the home reactor.
  [[nodiscard]] Task<void> run();
  // One round: what is due now. Answers how many letters it dealt with.
  [[nodiscard]] Task<Result<int>> deliver_due();

 private:
  struct Row;
  class Alarm;
  Task<Result<void>> deliver(Row row);

  LetterWriter writer_;
  const Clock& clock_;
  io::Pg& pg_;
  io::MailTransport& transport_;
  std::shared_ptr<Alarm> alarm_;
};

// How long a letter rests after its `tries`-th failure.
[[nodiscard]] Duration rest_after(int tries);

}  // namespace luso::notify
