#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/scope.h"
#include "notify/outbox.h"
#include "testing/world.h"

namespace luso::notify {
namespace {

using luso::testing::World;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class PostOffice final : public io::MailTransport {
 public:
  Task<Result<void>> send(io::Mail mail) override {
    if (closed) co_return tl::unexpected(*closed);
    delivered.push_back(mail.to);
    co_return Result<void>();
  }

  std::optional<Error> closed;
  std::vector<std::string> delivered;
};

Error error_of(ErrorKind kind) {
  return {
      .kind = kind, .reason = "io.busy", .detail = "451 come back later", .field = {}, .retry_after_s = 0};
}

class Letters : public ::testing::Test {
 protected:
  Result<void> post(const std::string& to, bool commits = true) {
    identity::Letter letter{.kind = identity::LetterKind::confirm_account,
                            .to = to,
                            .name = "ana",
                            .locale = gen::Locale::pt_pt,
                            .token = "secret-token"};
    return world_.run([&]() -> Task<Result<void>> {
      co_return co_await world_.pg().transaction<void>(
          [&](io::PgSessionPtr transaction) -> Task<Result<void>> {
            CO_TRY_VOID(co_await outbox_.post(transaction, letter));
            if (!commits) co_return fail(ErrorKind::precondition, "test.changed_my_mind");
            co_return Result<void>();
          });
    });
  }

  int deliver(Outbox& outbox) { return world_.run(outbox.deliver_due()).value(); }

  int deliver() { return deliver(outbox_); }

  std::vector<std::string> waiting() {
    return world_.database().execute("SELECT recipient FROM letter_outbox ORDER BY id");
  }

  World world_;
  ManualClock clock_{std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now())};
  PostOffice office_;
  Outbox outbox_{"https://lusotown.test", clock_, world_.reactors(), world_.pg(), office_};
};

TEST_F(Letters, GoOutOnceAndLeaveNothingBehind) {
  ASSERT_TRUE(post("ana@exemplo.pt"));
  ASSERT_TRUE(post("rui@exemplo.pt"));
  EXPECT_EQ(deliver(), 2);
  EXPECT_THAT(office_.delivered, ElementsAre("ana@exemplo.pt", "rui@exemplo.pt"));
  EXPECT_EQ(deliver(), 0);
  EXPECT_THAT(waiting(), IsEmpty());
}

TEST_F(Letters, OfATransactionThatFailsAreNeverSent) {
  EXPECT_FALSE(post("ana@exemplo.pt", false));
  EXPECT_EQ(deliver(), 0);
  EXPECT_THAT(office_.delivered, IsEmpty());
}

TEST_F(Letters, RestLongerAfterEachFailureAndArriveInTheEnd) {
  ASSERT_TRUE(post("ana@exemplo.pt"));
  office_.closed = error_of(ErrorKind::unavailable);
  EXPECT_EQ(deliver(), 1);
  EXPECT_EQ(deliver(), 0);
  clock_.advance(Outbox::kRetryFirst);
  EXPECT_EQ(deliver(), 1);
  clock_.advance(Outbox::kRetryFirst);
  EXPECT_EQ(deliver(), 0) << "the second rest is longer";
  EXPECT_THAT(world_.database().execute("SELECT last_error FROM letter_outbox"),
              ElementsAre("451 come back later"));

  office_.closed.reset();
  clock_.advance(Outbox::kRetryFirst);
  EXPECT_EQ(deliver(), 1);
  EXPECT_THAT(office_.delivered, ElementsAre("ana@exemplo.pt"));
}

TEST_F(Letters, ThatNobodyTakesAreGivenUp) {
  ASSERT_TRUE(post("ana@exemplo.pt"));
  office_.closed = error_of(ErrorKind::unavailable);
  for (int i = 0; i < Outbox::kTriesMax; ++i) {
    EXPECT_THAT(waiting(), SizeIs(1));
    EXPECT_EQ(deliver(), 1);
    clock_.advance(Outbox::kRetryMax);
  }
  EXPECT_THAT(waiting(), IsEmpty());
}

TEST_F(Letters, ToAnAddressThatCannotExistAreGivenUpAtOnce) {
  ASSERT_TRUE(post("ana@exemplo.pt"));
  office_.closed = error_of(ErrorKind::invalid);
  EXPECT_EQ(deliver(), 1);
  EXPECT_THAT(waiting(), IsEmpty());
}

TEST_F(Letters, SurviveACrashInMidDelivery) {
  ASSERT_TRUE(post("ana@exemplo.pt"));
  // What a process that died while sending leaves: a lease that runs out.
  world_.database().execute(
      "UPDATE letter_outbox SET tries = 1, next_try_at = next_try_at + interval '10 minutes'");
  EXPECT_EQ(deliver(), 0);

  PostOffice other_office;
  Outbox after_restart("https://lusotown.test", clock_, world_.reactors(), world_.pg(), other_office);
  clock_.advance(Outbox::kLease + std::chrono::seconds(1));
  EXPECT_EQ(deliver(after_restart), 1);
  EXPECT_THAT(other_office.delivered, ElementsAre("ana@exemplo.pt"));
}

TEST_F(Letters, AreDeliveredAsSoonAsTheOutboxIsWoken) {
  world_.run([&]() -> Task<void> {
    const auto executor = co_await boost::asio::this_coro::executor;
    io::Scope scope(executor);
    scope.spawn([&] { return outbox_.run(); });
    for (int i = 0; i < 100; ++i)
      co_await boost::asio::post(executor, boost::asio::use_awaitable);  // It sleeps now.
    auto write = [&](io::PgSessionPtr transaction) -> Task<Result<void>> {
      identity::Letter letter{.kind = identity::LetterKind::password_changed,
                              .to = "ana@exemplo.pt",
                              .name = "Ana",
                              .locale = gen::Locale::en,
                              .token = {}};
      co_return co_await outbox_.post(std::move(transaction), std::move(letter));
    };
    const Result<void> posted = co_await world_.pg().transaction<void>(write);
    EXPECT_TRUE(posted);
    outbox_.wake();
    while (office_.delivered.empty()) co_await boost::asio::post(executor, boost::asio::use_awaitable);
    co_await scope.close();
  });
  EXPECT_THAT(office_.delivered, ElementsAre("ana@exemplo.pt"));
}

}  // namespace
}  // namespace luso::notify
