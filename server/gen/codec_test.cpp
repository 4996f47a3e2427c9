#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "base/text.h"
#include "gen/channels.h"
#include "gen/identity.h"
#include "gen/internal/rules.h"
#include "gen/live.h"
#include "gen/openapi.h"
#include "gen/reasons.h"

namespace luso::gen {
namespace {

// Any Unicode text but NUL: quotes, controls, accents and emoji included.
rc::Gen<std::string> text(int length_max) {
  const auto code_point =
      rc::gen::oneOf(rc::gen::inRange(1, 0x80), rc::gen::inRange(0x80, 0x800),
                     rc::gen::inRange(0xE000, 0x10000), rc::gen::inRange(0x10000, 0x110000));
  const auto to_utf8 = [](const std::vector<int>& code_points) {
    std::string out;
    const auto put = [&out](int byte) { out += static_cast<char>(byte); };
    for (const int c : code_points) {
      if (c < 0x80) {
        put(c);
      } else if (c < 0x800) {
        put(0xC0 | c >> 6), put(0x80 | (c & 0x3F));
      } else if (c < 0x10000) {
        put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
      } else {
        put(0xF0 | c >> 18), put(0x80 | (c >> 12 & 0x3F)), put(0x80 | (c >> 6 & 0x3F)),
            put(0x80 | (c & 0x3F));
      }
    }
    return out;
  };
  return rc::gen::map(rc::gen::mapcat(rc::gen::inRange(0, length_max + 1),
                                      [=](int length) {
                                        return rc::gen::container<std::vector<int>>(
                                            static_cast<std::size_t>(length), code_point);
                                      }),
                      to_utf8);
}

rc::Gen<WallTime> moment() {  // Whole milliseconds from 1970 to 2100.
  return rc::gen::map(rc::gen::inRange<std::int64_t>(0, 4'102'444'800'000),
                      [](std::int64_t ms) { return WallTime(std::chrono::milliseconds(ms)); });
}

template <typename Enum>
rc::Gen<Enum> any_of(int count) {
  return rc::gen::map(rc::gen::inRange(0, count), [](int value) { return static_cast<Enum>(value); });
}

template <typename Struct>
void comes_back(const Struct& value) {
  const std::string json = to_json(value);
  RC_ASSERT(is_utf8(json));
  const Result<Struct> decoded = from_json<Struct>(json);
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(*decoded == value);
}

RC_GTEST_PROP(Codecs, AnAccountComesBackAsItWas, ()) {
  comes_back(Account{.id = *rc::gen::arbitrary<std::int64_t>(),
                     .username = *text(25),
                     .display_name = *text(50),
                     .email = *text(60),
                     .role = *any_of<Role>(4),
                     .locale = *any_of<Locale>(3),
                     .created_at = *moment()});
}

// Empty, or what `values` makes.
template <typename T>
std::optional<T> perhaps(const rc::Gen<T>& values) {
  if (*rc::gen::arbitrary<bool>()) return std::nullopt;
  return *values;
}

RC_GTEST_PROP(Codecs, NullsAndListsComeBack, ()) {
  ApiTokenList list;
  const int count = *rc::gen::inRange(0, 4);
  for (int i = 0; i < count; ++i) {
    list.items.push_back({.id = *rc::gen::arbitrary<std::int64_t>(),
                          .name = *text(20),
                          .scopes = *rc::gen::container<std::vector<std::string>>(text(12)),
                          .created_at = *moment(),
                          .last_used_at = perhaps(moment()),
                          .expires_at = perhaps(moment())});
  }
  comes_back(list);
}

RC_GTEST_PROP(Codecs, AHeartbeatComesBackWithAndWithoutItsOptions, ()) {
  Heartbeat beat{.session_id = "0123456789abcdefABCDEF_-",
                 .playhead_s = static_cast<double>(*rc::gen::inRange(0, 1'000'000'000)),
                 .stalls = *rc::gen::inRange(0, 1'000'001),
                 .stalled_ms = *rc::gen::inRange(0, 1'000'000'001),
                 .is_playing = *rc::gen::arbitrary<bool>(),
                 .is_visible = *rc::gen::arbitrary<bool>()};
  if (*rc::gen::arbitrary<bool>()) beat.protocol = *any_of<HeartbeatProtocol>(3);
  beat.height = perhaps(rc::gen::inRange(0, 10'001));
  beat.is_leaving = perhaps(rc::gen::arbitrary<bool>());
  comes_back(beat);
}

const std::string kJsonAlphabet = "{}[]\"\\:,.-+eE0129 tfnula\xC3";

// Whatever arrives is an error with a reason or a value, and never more than that.
RC_GTEST_PROP(Codecs, AnyBytesAreRefusedOrUnderstood, ()) {
  const std::string bytes = *rc::gen::container<std::string>(rc::gen::elementOf(kJsonAlphabet));
  const Result<SignInRequest> decoded = from_json<SignInRequest>(bytes);
  if (!decoded)
    RC_ASSERT(decoded.error().reason == "api.bad_json" || decoded.error().reason == "api.invalid");
}

// Field and fault of a refused registration; "" when it is accepted.
std::string fault_in(std::string_view json) {
  const Result<RegisterRequest> decoded = from_json<RegisterRequest>(json);
  return decoded ? "" : decoded.error().detail;
}

TEST(Validation, NamesTheFirstFieldAtFault) {
  EXPECT_EQ(fault_in(R"({"username":"ana","email":"a@b.pt","password":"0123456789"})"), "");
  EXPECT_EQ(fault_in(R"({"email":"a@b.pt","password":"0123456789"})"), "username: missing");
  EXPECT_EQ(fault_in(R"({"username":7,"email":"a@b.pt","password":"0123456789"})"), "username: not text");
  EXPECT_EQ(fault_in(R"({"username":"an","email":"a@b.pt","password":"0123456789"})"),
            "username: shorter than 3");
  EXPECT_EQ(fault_in(R"({"username":"Ana","email":"a@b.pt","password":"0123456789"})"),
            "username: does not have the right form");
  EXPECT_EQ(fault_in(R"({"username":"ana","email":"a@b","password":"0123456789"})"),
            "email: does not have the right form");
  EXPECT_EQ(fault_in(R"({"username":"ana","email":"a@b.pt","password":"012345678"})"),
            "password: shorter than 10");
  EXPECT_EQ(fault_in(R"({"username":"ana","email":"a@b.pt","password":"0123456789","locale":"fr"})"),
            "locale: not one of the allowed words");
  EXPECT_EQ(fault_in(R"({"username":"ana","email":"a@b.pt","password":"01234\u000056789"})"),
            "password: has a NUL character");
  EXPECT_EQ(fault_in("[]"), ": not an object");
}

TEST(Validation, LengthsCountCodePoints) {
  EXPECT_EQ(fault_in(R"({"username":"ana","email":"a@b.pt","password":"ãẽĩõũáéíóú"})"), "");
}

TEST(Validation, UnknownFieldsAreIgnoredAndNullIsAbsent) {
  EXPECT_EQ(fault_in(R"({"username":"ana","email":"a@b.pt","password":"0123456789","x":[1],"locale":null})"),
            "");
}

TEST(Validation, ListsAreCheckedItemByItem) {
  const auto fault = [](std::string_view json) {
    const auto decoded = from_json<CreateApiTokenRequest>(json);
    return decoded ? std::string() : decoded.error().field;
  };
  EXPECT_EQ(fault(R"({"name":"x","scopes":["account:read"]})"), "");
  EXPECT_EQ(fault(R"({"name":"x","scopes":[]})"), "scopes");
  EXPECT_EQ(fault(R"({"name":"x","scopes":["account:read","root"]})"), "scopes[1]");
  EXPECT_EQ(fault(R"({"name":"x","scopes":["account:read"],"expires_in_days":366})"), "expires_in_days");
  EXPECT_EQ(fault(R"({"name":"x","scopes":["account:read"],"expires_in_days":1.5})"), "expires_in_days");
  EXPECT_EQ(fault(R"({"name":"x","scopes":["account:read"],"expires_in_days":99999999999})"),
            "expires_in_days");
}

TEST(Validation, EmailsAreWhatMailServersTake) {
  using internal::is_email;
  for (const char* good :
       {"a@b.pt", "ana.maria+live@exemplo.com.br", "x_y-z@sub.dominio.pt", "o'neil@exemplo.pt"}) {
    EXPECT_TRUE(is_email(good)) << good;
  }
  for (const char* bad :
       {"", "@", "a@", "@b.pt", "a@b", "a b@c.pt", "a@b..pt", "a@-b.pt", ".a@b.pt", "a..b@c.pt", "a@b.pt\n",
        "a@b@c.pt", "ana@exemplo.pt>", "\"ana\"@exemplo.pt", "aná@exemplo.pt"}) {
    EXPECT_FALSE(is_email(bad)) << bad;
  }
}

TEST(Times, AreReadInAnyOffsetAndWrittenInUtc) {
  using internal::format_time;
  using internal::parse_time;
  const auto normal = [](std::string_view text) {
    const auto time = parse_time(text);
    return time ? format_time(*time) : std::string();
  };
  EXPECT_EQ(normal("2026-11-22T10:00:00Z"), "2026-11-22T10:00:00.000Z");
  EXPECT_EQ(normal("2026-11-22T10:00:00.1239999+01:30"), "2026-11-22T08:30:00.123Z");
  EXPECT_EQ(normal("1969-12-31T23:59:59.999Z"), "1969-12-31T23:59:59.999Z");
  for (const char* bad : {"", "2026-11-22", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
                          "2026-11-22T24:00:00Z", "2026-11-22T10:00:00", "2026-11-22T10:00:00.Z",
                          "2026-11-22T10:00:00Zx", "2026-11-22T10:00:00+24:00"}) {
    EXPECT_EQ(normal(bad), "") << bad;
  }
}

TEST(Json, IsEscapedAndLeavesEmptyOptionsOut) {
  EXPECT_EQ(to_json(RegisterAccepted{.email = "a\"\\\n\x01ç"}), R"({"email":"a\"\\\n\u0001ç"})");
  EXPECT_EQ(to_json(UpdateAccountRequest{}), "{}");
  EXPECT_EQ(to_json(StreamList{.items = {}, .next_cursor = std::nullopt}),
            R"({"items":[],"next_cursor":null})");
}

TEST(Reasons, AreFoundByNameWithTheStatusOfTheirKind) {
  // Those that an RFC gives another status; whoever answers with them sets it (media/webrtc/signal_http).
  const std::vector<std::string_view> others{"api.method_not_allowed",   "media.realtime_not_live",
                                             "webrtc.codec_not_offered", "webrtc.not_sdp",
                                             "webrtc.not_acceptable",    "webrtc.stale",
                                             "webrtc.etag_required"};
  for (const Reason* reason : all_reasons()) {
    EXPECT_EQ(find_reason(reason->name), reason);
    EXPECT_FALSE(reason->message.empty()) << reason->name;
    const bool is_of_its_kind = std::ranges::find(others, reason->name) == others.end();
    EXPECT_EQ(reason->status == http_status_of(reason->kind), is_of_its_kind) << reason->name;
  }
  EXPECT_EQ(find_reason("no.such_reason"), nullptr);
  EXPECT_EQ(text_of("live.ended"), "This stream has ended.");
}

}  // namespace
}  // namespace luso::gen
