#include "notify/outbox.h"

#include <algorithm>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"
#include "base/metrics.h"

namespace luso::notify {
namespace {

using io::PgParams;
using io::PgResult;
using io::PgRow;
using io::PgSessionPtr;
using io::Statement;

const Statement kPost{"notify.post_letter", R"sql(
  INSERT INTO letter_outbox (kind, recipient, subject, text_body, html_body, created_at, next_try_at)
  VALUES ($1, $2, $3, $4, $5, $6, $6))sql"};

// Whoever leases a letter has it alone until $2.
const Statement kLeaseLetters{"notify.lease_letters", R"sql(
  UPDATE letter_outbox SET tries = tries + 1, next_try_at = $2
  WHERE id IN (SELECT id FROM letter_outbox WHERE next_try_at <= $1
               ORDER BY next_try_at, id LIMIT $3 FOR UPDATE SKIP LOCKED)
  RETURNING id, kind, recipient, subject, text_body, html_body, tries)sql"};

const Statement kDelete{"notify.delete_letter", R"sql(
  DELETE FROM letter_outbox WHERE id = $1)sql"};

const Statement kRest{"notify.rest_letter", R"sql(
  UPDATE letter_outbox SET next_try_at = $2, last_error = $3 WHERE id = $1)sql"};

metrics::Counter& letters_counter(std::string_view outcome) {
  return metrics::registry().counter("luso_letters_total", "Letters by what became of them.",
                                     {{"outcome", outcome}});
}

}  // namespace

struct Outbox::Row {
  std::int64_t id;
  std::string kind;
  io::Mail mail;
  int tries;
};

// What run() sleeps on. Shared with the messages that ring it; touched on the home reactor only.
class Outbox::Alarm {
 public:
  explicit Alarm(io::Reactor& reactor) : reactor_(reactor), timer_(reactor.context()) {}

  static void ring(const std::shared_ptr<Alarm>& alarm) {
    alarm->reactor_.post([alarm] {
      alarm->rung_ = true;
      alarm->timer_.cancel();
    });
  }

  Task<void> wait(Duration at_most) {
    if (!std::exchange(rung_, false)) {
      timer_.expires_after(at_most);
      co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
      rung_ = false;
    }
  }

 private:
  io::Reactor& reactor_;
  boost::asio::steady_timer timer_;
  bool rung_ = false;
};

Duration rest_after(int tries) {
  Duration rest = Outbox::kRetryFirst;
  for (int i = 1; i < tries && rest < Outbox::kRetryMax; ++i) rest *= 2;
  return std::min(rest, Outbox::kRetryMax);
}

Outbox::Outbox(std::string public_url, const Clock& clock, io::Reactors& reactors, io::Pg& pg,
               io::MailTransport& transport)
    : writer_(std::move(public_url)),
      clock_(clock),
      pg_(pg),
      transport_(transport),
      alarm_(std::make_shared<Alarm>(reactors.home())) {}

Outbox::~Outbox() = default;

Task<Result<void>> Outbox::post(PgSessionPtr transaction, identity::Letter letter) {
  const WrittenLetter written = writer_.write(letter);
  PgParams params{written.kind, written.to, written.subject, written.text, written.html, clock_.now()};
  CO_TRY_VOID(co_await transaction->query(kPost, std::move(params)));
  co_return Result<void>();
}

void Outbox::wake() {
  Alarm::ring(alarm_);
}

Task<void> Outbox::run() {
  for (;;) {
    const Result<int> dealt_with = co_await deliver_due();
    if (!dealt_with) log::warn("notify.outbox_stuck", {{"reason", dealt_with.error().reason}});
    const bool is_more_likely = dealt_with && *dealt_with == kBatch;
    if (!is_more_likely) co_await alarm_->wait(kPollEvery);
  }
}

Task<Result<int>> Outbox::deliver_due() {
  const WallTime now = clock_.now();
  PgParams params{now, now + kLease, kBatch};
  CO_TRY(const PgResult rows, co_await pg_.query(kLeaseLetters, std::move(params)));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const PgRow row = rows.row(i);
    Row letter{.id = row.integer("id"),
               .kind = row.text("kind"),
               .mail = {.to = row.text("recipient"),
                        .subject = row.text("subject"),
                        .text = row.text("text_body"),
                        .html = row.text("html_body")},
               .tries = static_cast<int>(row.integer("tries"))};
    CO_TRY_VOID(co_await deliver(std::move(letter)));
  }
  co_return static_cast<int>(rows.size());
}

Task<Result<void>> Outbox::deliver(Row row) {
  const Result<void> sent = co_await transport_.send(std::move(row.mail));
  const bool is_hopeless = !sent && (sent.error().kind == ErrorKind::invalid || row.tries >= kTriesMax);
  if (sent || is_hopeless) {
    PgParams params{row.id};
    CO_TRY_VOID(co_await pg_.query(kDelete, std::move(params)));
  } else {
    PgParams params{row.id, clock_.now() + rest_after(row.tries), sent.error().detail};
    CO_TRY_VOID(co_await pg_.query(kRest, std::move(params)));
  }
  letters_counter(sent ? "sent" : is_hopeless ? "lost" : "retried").add();
  if (sent) {
    log::info("notify.letter_sent", {{"id", row.id}, {"kind", row.kind}});
  } else {
    log::warn(is_hopeless ? "notify.letter_lost" : "notify.letter_rests",
              {{"id", row.id}, {"kind", row.kind}, {"tries", row.tries}, {"error", sent.error().detail}});
  }
  co_return Result<void>();
}

}  // namespace luso::notify
