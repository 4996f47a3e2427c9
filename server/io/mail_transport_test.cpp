#include "io/mail_transport.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <rapidcheck.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "io/reactor.h"
#include "io/scope.h"

namespace luso::io {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const WallTime kMorning = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + std::chrono::hours(9);
const MailEnvelope kEnvelope{.from = "LusoTown <casa@lusotown.example>", .date = kMorning, .unique_id = "7f"};

Mail welcome() {
  return {.to = "ana@example.pt",
          .subject = "Olá, confirma a tua conta",
          .text = "Olá!\nhttps://lusotown.example/confirm?token=abc\n",
          .html = "<p>Olá!</p>"};
}

TEST(MailComposition, WritesWhatPeopleAndServersExpect) {
  const std::string letter = compose_mail(welcome(), kEnvelope, MailEncoding::readable);

  EXPECT_EQ(letter,
            "Date: Sun, 22 Nov 2026 09:00:00 +0000\r\n"
            "From: \"LusoTown\" <casa@lusotown.example>\r\n"
            "To: ana@example.pt\r\n"
            "Subject: =?UTF-8?B?T2zDoSwgY29uZmlybWEgYSB0dWEgY29udGE=?=\r\n"
            "Message-ID: <7f@lusotown.example>\r\n"
            "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/alternative; boundary=\"=_7f\"\r\n\r\n"
            "--=_7f\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
            "Olá!\r\nhttps://lusotown.example/confirm?token=abc\r\n\r\n"
            "--=_7f\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
            "<p>Olá!</p>\r\n"
            "--=_7f--\r\n");
}

TEST(MailComposition, ASubjectCannotBeginAHeader) {
  Mail mail = welcome();
  mail.subject = "hello\r\nBcc: everybody@example.pt";

  const std::string letter = compose_mail(mail, kEnvelope, MailEncoding::readable);

  EXPECT_THAT(letter, HasSubstr("Subject: hello  Bcc: everybody@example.pt\r\n"));
}

TEST(MailComposition, EveryLineFitsWhateverTheLetterSays) {
  EXPECT_TRUE(rc::check("no line is longer than 998 octets", [](const std::string& subject, bool portable) {
    Mail mail = welcome();
    mail.subject = subject;
    mail.text = std::string(3000, 'a') + subject + std::string(3000, ' ');
    const std::string letter =
        compose_mail(mail, kEnvelope, portable ? MailEncoding::portable : MailEncoding::readable);
    for (const std::string_view line : split(letter, '\n')) RC_ASSERT(line.size() <= 998);
  }));
}

TEST(MailComposition, FindsTheAddressInAMailbox) {
  EXPECT_EQ(mail_address("Casa <casa@lusotown.example>"), "casa@lusotown.example");
  EXPECT_EQ(mail_address(" casa@lusotown.example "), "casa@lusotown.example");
}

// Answers like a mail server, from a script: each command's first word chooses the reply.
class FakeMailServer {
 public:
  explicit FakeMailServer(asio::any_io_executor executor)
      : acceptor_(executor, {asio::ip::address_v4::loopback(), 0}) {}

  [[nodiscard]] std::string url() const {
    return "smtp://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }

  std::string recipient_reply = "250 ok";
  std::vector<std::string> commands;
  std::string letter;

  Task<void> serve_one() {
    tcp::socket socket = co_await acceptor_.async_accept(asio::use_awaitable);
    co_await say(socket, "220 fake");
    std::string buffer;
    for (;;) {
      const auto [error, size] = co_await asio::async_read_until(socket, asio::dynamic_buffer(buffer), "\r\n",
                                                                 asio::as_tuple(asio::use_awaitable));
      if (error) co_return;
      commands.push_back(buffer.substr(0, size - 2));
      buffer.erase(0, size);
      const std::string& command = commands.back();
      if (command.starts_with("RCPT")) {
        co_await say(socket, recipient_reply);
      } else if (command == "DATA") {
        co_await say(socket, "354 go on");
        const auto end = co_await asio::async_read_until(socket, asio::dynamic_buffer(buffer), "\r\n.\r\n",
                                                         asio::use_awaitable);
        letter = buffer.substr(0, end - 3);
        buffer.erase(0, end);
        co_await say(socket, "250 taken");
      } else {
        co_await say(socket, "250 ok");
      }
    }
  }

 private:
  static Task<void> say(tcp::socket& socket, std::string line) {
    line += "\r\n";
    co_await asio::async_write(socket, asio::buffer(line), asio::use_awaitable);
  }

  tcp::acceptor acceptor_;
};

class MailTransports : public ::testing::Test {
 protected:
  MailTransports() { reactors_.start(); }

  ~MailTransports() override {
    reactors_.stop();
    reactors_.join();
    std::filesystem::remove_all(folder_);
  }

  template <typename T>
  T run(std::function<Task<T>()> body) {
    std::optional<T> value;
    auto drive = [&]() -> Task<void> { value.emplace(co_await body()); };
    asio::co_spawn(reactors_.home().executor(), drive, asio::use_future).get();
    return std::move(*value);
  }

  Result<void> send(MailTransport& transport, Mail mail) {
    return run<Result<void>>([&]() -> Task<Result<void>> { co_return co_await transport.send(mail); });
  }

  Result<void> send_to(FakeMailServer& server, Mail mail) {
    SmtpTransport transport(
        reactors_, clock_, random_,
        {.url = server.url(), .from = kEnvelope.from, .timeout = std::chrono::seconds(10)});
    return run<Result<void>>([&]() -> Task<Result<void>> {
      Scope scope(co_await asio::this_coro::executor);
      scope.spawn([&] { return server.serve_one(); });
      Result<void> outcome = co_await transport.send(mail);
      co_await scope.close();
      co_return outcome;
    });
  }

  Reactors reactors_{{.count = 1, .blocking_threads = 1}};
  ManualClock clock_{kMorning};
  SeededRandom random_{7};
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("luso-mail-" + system_random().hex(8));
};

TEST_F(MailTransports, AFileHoldsTheWholeLetter) {
  FileTransport transport(reactors_, clock_, random_, {.folder = folder_, .from = kEnvelope.from});

  EXPECT_TRUE(send(transport, welcome()).has_value());
  EXPECT_TRUE(send(transport, welcome()).has_value());

  std::vector<std::string> letters;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    EXPECT_THAT(entry.path().filename().string(), StartsWith("20261122T090000-"));
    EXPECT_EQ(entry.path().extension(), ".eml");
    std::ifstream file(entry.path());
    letters.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  EXPECT_THAT(letters, ElementsAre(HasSubstr("confirm?token=abc"), HasSubstr("confirm?token=abc")));
}

TEST_F(MailTransports, AFolderThatCannotBeIsUnavailable) {
  FileTransport transport(reactors_, clock_, random_, {.folder = "/proc/nowhere", .from = kEnvelope.from});

  EXPECT_EQ(send(transport, welcome()).error().kind, ErrorKind::unavailable);
}

TEST_F(MailTransports, AMailServerGetsTheLetterAndTheAddresses) {
  FakeMailServer server(reactors_.home().executor());

  EXPECT_TRUE(send_to(server, welcome()).has_value());

  EXPECT_THAT(server.commands, ::testing::Contains(StartsWith("MAIL FROM:<casa@lusotown.example>")));
  EXPECT_THAT(server.commands, ::testing::Contains("RCPT TO:<ana@example.pt>"));
  EXPECT_THAT(server.letter, StartsWith("Date: Sun, 22 Nov 2026 09:00:00 +0000\r\n"));
  EXPECT_THAT(server.letter, Not(HasSubstr("\xC3")));  // Nothing a seven-bit server would stumble over.
}

TEST_F(MailTransports, ARefusedReaderIsFinalAndABusyServerIsNot) {
  FakeMailServer refuses(reactors_.home().executor());
  refuses.recipient_reply = "550 no such user";
  FakeMailServer is_busy(reactors_.home().executor());
  is_busy.recipient_reply = "451 later";

  const Result<void> refused = send_to(refuses, welcome());
  const Result<void> busy = send_to(is_busy, welcome());

  EXPECT_EQ(refused.error().kind, ErrorKind::invalid);
  EXPECT_EQ(refused.error().reason, "mail.refused");
  EXPECT_EQ(busy.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(busy.error().reason, "mail.unavailable");
}

TEST_F(MailTransports, NobodyAtHomeIsUnavailable) {
  std::string url;
  {
    const FakeMailServer gone(reactors_.home().executor());
    url = gone.url();
  }
  SmtpTransport transport(reactors_, clock_, random_, {.url = url, .from = kEnvelope.from});

  EXPECT_EQ(send(transport, welcome()).error().kind, ErrorKind::unavailable);
}

TEST_F(MailTransports, AnAddressCannotSpeakToTheServer) {
  FakeMailServer server(reactors_.home().executor());
  Mail mail = welcome();
  mail.to = "ana@example.pt>\r\nRCPT TO:<everybody@example.pt";
  SmtpTransport transport(reactors_, clock_, random_, {.url = server.url(), .from = kEnvelope.from});

  EXPECT_EQ(send(transport, mail).error().reason, "mail.refused");
  EXPECT_TRUE(server.commands.empty());
}

TEST_F(MailTransports, TheConfigurationChooses) {
  Config config;
  EXPECT_NE(dynamic_cast<FileTransport*>(make_mail_transport(config, reactors_, clock_, random_).get()),
            nullptr);
  config.mail_mode = MailMode::smtp;
  EXPECT_NE(dynamic_cast<SmtpTransport*>(make_mail_transport(config, reactors_, clock_, random_).get()),
            nullptr);
}

}  // namespace
}  // namespace luso::io
