#include "base/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"

namespace luso {
namespace {

using testing::HasSubstr;

std::string value_of(const LoadedConfig& loaded, std::string_view name) {
  for (const ConfigEntry& entry : loaded.entries) {
    if (entry.name == name) return entry.value + " from " + entry.origin;
  }
  return "no such entry";
}

std::string problem_of(ConfigSources sources) {
  sources.file_name = "lusotown.toml";
  const auto loaded = load_config(sources);
  return loaded ? "no problem" : loaded.error().detail;
}

TEST(Config, NothingSetIsTheDefaults) {
  const LoadedConfig loaded = load_config({}).value();

  EXPECT_EQ(loaded.config.http_port, 8080);
  EXPECT_EQ(loaded.config.grace_window_s, std::chrono::minutes(2));
  EXPECT_TRUE(loaded.config.has_role("media"));
  EXPECT_EQ(value_of(loaded, "rtmp_port"), "1935 from default");
  EXPECT_EQ(loaded.entries.size(), config_options().size());
}

TEST(Config, TheCommandLineBeatsTheEnvironmentBeatsTheFile) {
  const LoadedConfig loaded =
      load_config(
          {.file_name = "lusotown.toml",
           .file_text = "http_port = 1\nrtmp_port = 2\n\nhttps_port = 3\nroles = [\"api\", \"media\"]\n",
           .environment = {{"LUSO_HTTP_PORT", "10"}, {"LUSO_RTMP_PORT", "20"}, {"HOME", "/root"}},
           .command_line = {{"http-port", "100"}}})
          .value();

  EXPECT_EQ(value_of(loaded, "http_port"), "100 from --http-port");
  EXPECT_EQ(value_of(loaded, "rtmp_port"), "20 from LUSO_RTMP_PORT");
  EXPECT_EQ(value_of(loaded, "https_port"), "3 from lusotown.toml:4");
  EXPECT_EQ(loaded.config.roles, (std::vector<std::string>{"api", "media"}));
  EXPECT_FALSE(loaded.config.has_role("worker"));
}

TEST(Config, EveryKindOfValueIsRead) {
  const Config config = load_config({.file_name = "f",
                                     .file_text = R"(
registration_open = false
log_level = "warn"
log_format = "json"
dvr_bytes_max = 123456789012
public_origins = []
mail_mode = "smtp"
smtp_url = "smtps://user:pass@mail.example:465"
)",
                                     .environment = {{"LUSO_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1"}},
                                     .command_line = {}})
                            .value()
                            .config;

  EXPECT_FALSE(config.registration_open);
  EXPECT_EQ(config.log_level, log::Level::warn);
  EXPECT_EQ(config.log_settings().format, log::Format::json);
  EXPECT_EQ(config.dvr_bytes_max, 123'456'789'012U);
  EXPECT_EQ(config.mail_mode, MailMode::smtp);
  EXPECT_EQ(config.trusted_proxies, (std::vector<std::string>{"10.0.0.0/8", "192.0.2.1"}));
}

TEST(Config, OptionsWhoseNameBeginsWithWebAreReadFromTheEnvironmentToo) {
  const auto loaded = load_config({.file_name = {},
                                   .file_text = {},
                                   .environment = {{"LUSO_WEB_UPSTREAM", "http://127.0.0.1:4000"}},
                                   .command_line = {}});

  ASSERT_TRUE(loaded.has_value());
  EXPECT_EQ(loaded->config.web_upstream, "http://127.0.0.1:4000");
}

TEST(Config, UnknownNamesAreRefusedWhereverTheyStand) {
  EXPECT_EQ(
      problem_of({.file_name = {}, .file_text = "\nhttp_prt = 1", .environment = {}, .command_line = {}}),
      "lusotown.toml:2: there is no option named http_prt.");
  EXPECT_THAT(
      problem_of(
          {.file_name = {}, .file_text = {}, .environment = {{"LUSO_HTTP_PRT", "1"}}, .command_line = {}}),
      HasSubstr("LUSO_HTTP_PRT: there is no option of that name"));
  EXPECT_THAT(
      problem_of({.file_name = {}, .file_text = {}, .environment = {}, .command_line = {{"http-prt", "1"}}}),
      HasSubstr("--http-prt: there is no option of that name"));
}

TEST(Config, VariablesOfTheWebAndTheTestsAreNotOurs) {
  EXPECT_EQ(
      problem_of(
          {.file_name = {},
           .file_text = {},
           .environment = {{"LUSO_API_URL", "x"}, {"LUSO_TEST_DATABASE_URL", "x"}, {"LUSO_CONFIG", "x"}},
           .command_line = {}}),
      "no problem");
}

TEST(Config, WrongValuesAreNamedTogetherWithWhatWouldBeRight) {
  const std::string problem =
      problem_of({.file_name = {},
                  .file_text = "http_port = 65536\nregistration_open = \"yes\"\n[log_level]\nx=1",
                  .environment = {{"LUSO_LOG_FORMAT", "xml"}},
                  .command_line = {{"roles", "api,,media"}}});

  EXPECT_THAT(problem, HasSubstr("lusotown.toml:1: http_port must be a whole number from 0 to 65535."));
  EXPECT_THAT(problem, HasSubstr("lusotown.toml:2: registration_open must be true or false."));
  EXPECT_THAT(problem, HasSubstr("lusotown.toml:3: log_level has a value of the wrong kind."));
  EXPECT_THAT(problem, HasSubstr("LUSO_LOG_FORMAT: log_format must be one of text, json."));
  EXPECT_THAT(problem, HasSubstr("--roles: roles must be a list without empty places."));
}

TEST(Config, ContradictionsAreRefused) {
  const std::string problem =
      problem_of({.file_name = {},
                  .file_text = "tls_key = \"k.pem\"\nmail_mode = \"smtp\"\npublic_url = "
                               "\"lusotown.example/\"\nroles = [\"cook\", \"chat\"]\nhttp_redirect_port = 80",
                  .environment = {},
                  .command_line = {}});

  EXPECT_THAT(problem, HasSubstr("tls_certificate and tls_key go together"));
  EXPECT_THAT(problem, HasSubstr("smtp_url must say where"));
  EXPECT_THAT(problem, HasSubstr("public_url must start with"));
  EXPECT_THAT(problem, HasSubstr("public_url must not end with a slash"));
  EXPECT_THAT(problem, HasSubstr("there is no role cook"));
  EXPECT_THAT(problem, HasSubstr("there is no role chat")) << "not before there is one";
  EXPECT_THAT(problem, HasSubstr("http_redirect_port sends browsers to public_url"));
}

TEST(Config, AFileThatIsNotTomlNamesTheLine) {
  EXPECT_THAT(problem_of({.file_name = {},
                          .file_text = "http_port = 1\nrtmp_port 2\n",
                          .environment = {},
                          .command_line = {}}),
              HasSubstr("lusotown.toml:2: "));
}

TEST(Config, PasswordsAreMaskedAndHostsAreNot) {
  const LoadedConfig loaded =
      load_config({.file_name = "f",
                   .file_text = {},
                   .environment = {{"DATABASE_URL", "postgresql://ana:hunter2@db.example/lusotown"},
                                   {"LUSO_SMTP_URL", "smtp://ana:hunter2@mail.example"}},
                   .command_line = {}})
          .value();

  EXPECT_EQ(value_of(loaded, "database_url"),
            "postgresql://ana:********@db.example/lusotown from DATABASE_URL");
  EXPECT_EQ(loaded.config.database_url, "postgresql://ana:hunter2@db.example/lusotown");
  EXPECT_EQ(render_config(loaded).find("hunter2"), std::string::npos);
}

TEST(Config, ConninfoWithAPasswordIsMaskedWhole) {
  for (const char* url : {"host=db password=hunter2", "postgresql://db/lusotown?password=hunter2"}) {
    const LoadedConfig loaded = load_config({.file_name = "f",
                                             .file_text = {},
                                             .environment = {{"LUSO_DATABASE_URL", url}},
                                             .command_line = {}})
                                    .value();
    EXPECT_EQ(value_of(loaded, "database_url"), "******** from LUSO_DATABASE_URL");
  }
}

TEST(Config, TheTemplateUncommentedIsTheDefaults) {
  const std::string commented_out = render_config_template();
  std::string text;
  for (const std::string_view line : split(commented_out, '\n')) {
    const bool sets_a_value = line.starts_with("# ") && line.find(" = ") != std::string_view::npos;
    text += std::string(sets_a_value ? line.substr(2) : line) + "\n";
  }

  const LoadedConfig loaded =
      load_config({.file_name = "t", .file_text = text, .environment = {}, .command_line = {}}).value();

  for (const ConfigOption& option : config_options()) {
    EXPECT_THAT(value_of(loaded, option.name), HasSubstr(option.default_value + " from t:"));
  }
}

TEST(Config, WebRtcSettingsThatContradictEachOtherAreRefused) {
  EXPECT_THAT(problem_of({.file_name = {},
                          .file_text = "webrtc_transports = [\"udp\", \"quic\"]\n",
                          .environment = {},
                          .command_line = {}}),
              HasSubstr("there is no transport quic; there are udp, tcp."));
  EXPECT_THAT(problem_of({.file_name = {},
                          .file_text = "stun_urls = [\"turn:a\"]\n",
                          .environment = {},
                          .command_line = {}}),
              HasSubstr("stun_urls: turn:a must start with stun: or stuns:."));
  EXPECT_THAT(problem_of({.file_name = {},
                          .file_text = "turn_urls = [\"turn:a\"]\n",
                          .environment = {},
                          .command_line = {}}),
              HasSubstr("turn_urls need turn_username and turn_credential."));
  EXPECT_EQ(problem_of({.file_name = {},
                        .file_text = "turn_urls = [\"turns:a\"]\nturn_username = \"u\"\n"
                                     "turn_credential = \"c\"\nstun_urls = [\"stun:b\"]\n",
                        .environment = {},
                        .command_line = {}}),
            "no problem");
}

TEST(Config, ATurnCredentialIsNotShown) {
  const LoadedConfig loaded = load_config({.file_name = {},
                                           .file_text = {},
                                           .environment = {{"LUSO_TURN_CREDENTIAL", "secret"}},
                                           .command_line = {}})
                                  .value();

  EXPECT_EQ(loaded.config.turn_credential, "secret");
  EXPECT_EQ(value_of(loaded, "turn_credential"), "******** from LUSO_TURN_CREDENTIAL");
}

}  // namespace
}  // namespace luso
