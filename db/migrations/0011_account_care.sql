-- Looking after an account: another e-mail, a second step at the door, and the way out.

-- An e-mail on its way to becoming an account's, and for a week after that the way back to the old one.
CREATE TABLE email_changes (
  id           BIGSERIAL    PRIMARY KEY,
  user_id      BIGINT       NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  old_email    VARCHAR(254) NOT NULL,
  new_email    VARCHAR(254) NOT NULL,
  token_hash   BYTEA        NOT NULL UNIQUE,     -- Of the letter to the new address; once confirmed, of the one to the old.
  confirmed_at TIMESTAMPTZ,
  created_at   TIMESTAMPTZ  NOT NULL,
  expires_at   TIMESTAMPTZ  NOT NULL
);
CREATE INDEX email_changes_by_user ON email_changes (user_id);
CREATE INDEX email_changes_by_expiry ON email_changes (expires_at);

-- The secret is sealed under a key that is not in the database. Not confirmed: the app has not shown a code yet.
CREATE TABLE two_factor (
  user_id       BIGINT      PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  sealed_secret BYTEA       NOT NULL,
  last_step     BIGINT      NOT NULL DEFAULT 0,  -- Codes up to this step have been used.
  created_at    TIMESTAMPTZ NOT NULL,
  confirmed_at  TIMESTAMPTZ
);

CREATE TABLE recovery_codes (
  user_id   BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  code_hash BYTEA  NOT NULL,
  PRIMARY KEY (user_id, code_hash)
);

-- Somebody who has shown the password and not yet the code. Not a session: it opens nothing but the second step.
CREATE TABLE second_steps (
  token_hash    BYTEA       PRIMARY KEY,
  user_id       BIGINT      NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  password_hash TEXT        NOT NULL,            -- As it was shown: another password ends the attempt.
  tries         INTEGER     NOT NULL DEFAULT 0,
  created_at    TIMESTAMPTZ NOT NULL,
  expires_at    TIMESTAMPTZ NOT NULL
);
CREATE INDEX second_steps_by_user ON second_steps (user_id);
CREATE INDEX second_steps_by_expiry ON second_steps (expires_at);

-- Null: the account stays. Until then signing in opens it again, and nobody else is shown its channel.
ALTER TABLE users ADD COLUMN erase_after TIMESTAMPTZ;
CREATE INDEX users_leaving ON users (erase_after) WHERE erase_after IS NOT NULL;

-- Names of accounts that are gone, kept from those who would speak for them.
CREATE TABLE held_usernames (
  username   VARCHAR(25) PRIMARY KEY,
  held_until TIMESTAMPTZ NOT NULL
);

-- Who may not act, and whose channel nobody is shown: the suspended and the leaving. For modules above, which ask
-- nothing else about either.
CREATE VIEW users_shut_out AS
  SELECT user_id FROM bans
  UNION
  SELECT id FROM users WHERE erase_after IS NOT NULL;
