-- Who people are, how they prove it, what was done to whom, and the letters that tell them.

CREATE TABLE users (
  id            BIGSERIAL    PRIMARY KEY,
  username      VARCHAR(25)  NOT NULL UNIQUE CHECK (username ~ '^[a-z0-9_]{3,25}$'),
  display_name  VARCHAR(50)  NOT NULL CHECK (display_name <> ''),
  email         VARCHAR(254) NOT NULL,           -- As it was typed: letters go there.
  email_key     VARCHAR(254) NOT NULL UNIQUE,    -- In lower case: what makes two addresses one account.
  password_hash TEXT         NOT NULL,           -- argon2id with its parameters inside.
  role          VARCHAR(10)  NOT NULL DEFAULT 'viewer' CHECK (role IN ('viewer', 'creator', 'moderator', 'admin')),
  locale        VARCHAR(5)   NOT NULL DEFAULT 'pt-PT' CHECK (locale IN ('pt-PT', 'pt-BR', 'en')),
  created_at    TIMESTAMPTZ  NOT NULL DEFAULT now()
);
CREATE INDEX users_admins ON users (id) WHERE role = 'admin';

-- An account that waits for its letter to be answered. The first to answer has the username: a name that an unanswered
-- letter could hold would lock out whoever mistyped an e-mail, and tell who has asked.
CREATE TABLE pending_registrations (
  token_hash    BYTEA        PRIMARY KEY,
  username      VARCHAR(25)  NOT NULL,
  display_name  VARCHAR(50)  NOT NULL,
  email         VARCHAR(254) NOT NULL,
  email_key     VARCHAR(254) NOT NULL,
  password_hash TEXT         NOT NULL,
  locale        VARCHAR(5)   NOT NULL,
  created_at    TIMESTAMPTZ  NOT NULL,
  expires_at    TIMESTAMPTZ  NOT NULL
);
CREATE INDEX pending_registrations_by_email ON pending_registrations (email_key);
CREATE INDEX pending_registrations_by_expiry ON pending_registrations (expires_at);

-- A browser that is signed in. Only the hash of its cookie is here; its address never is.
CREATE TABLE sessions (
  id           BIGSERIAL    PRIMARY KEY,
  user_id      BIGINT       NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  token_hash   BYTEA        NOT NULL UNIQUE,
  user_agent   VARCHAR(300) NOT NULL,
  created_at   TIMESTAMPTZ  NOT NULL,
  last_seen_at TIMESTAMPTZ  NOT NULL,
  expires_at   TIMESTAMPTZ  NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id, last_seen_at DESC);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE api_tokens (
  id           BIGSERIAL   PRIMARY KEY,
  user_id      BIGINT      NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name         VARCHAR(60) NOT NULL,
  token_hash   BYTEA       NOT NULL UNIQUE,
  scopes       TEXT[]      NOT NULL CHECK (cardinality(scopes) > 0),
  created_at   TIMESTAMPTZ NOT NULL,
  last_used_at TIMESTAMPTZ,
  expires_at   TIMESTAMPTZ
);
CREATE INDEX api_tokens_by_user ON api_tokens (user_id, id DESC);

-- Asking for a reset of an address nobody has writes a row too, of nobody, so that it takes as long.
CREATE TABLE password_resets (
  token_hash BYTEA       PRIMARY KEY,
  user_id    BIGINT      REFERENCES users (id) ON DELETE CASCADE,
  created_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX password_resets_by_user ON password_resets (user_id);
CREATE INDEX password_resets_by_expiry ON password_resets (expires_at);

-- Who is suspended now; what was before is in the audit log.
CREATE TABLE bans (
  user_id    BIGINT       PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  reason     VARCHAR(500) NOT NULL,
  by_user_id BIGINT       REFERENCES users (id) ON DELETE SET NULL,
  created_at TIMESTAMPTZ  NOT NULL
);

-- Who did what to whom, and when. Rows are never changed; names stay when the accounts are gone.
CREATE TABLE audit_log (
  id         BIGSERIAL   PRIMARY KEY,
  at         TIMESTAMPTZ NOT NULL,
  action     VARCHAR(60) NOT NULL,                -- 'identity.banned', as in the log
  actor_id   BIGINT,                              -- Null: the command line, or the house itself.
  subject_id BIGINT,
  detail     TEXT        NOT NULL DEFAULT ''
);
CREATE INDEX audit_log_by_subject ON audit_log (subject_id, id DESC);

-- Letters on their way out. A row is written with the fact it tells of and goes away when a mail server has taken it,
-- so a letter survives a crash and nothing secret stays behind.
CREATE TABLE letter_outbox (
  id          BIGSERIAL    PRIMARY KEY,
  kind        VARCHAR(40)  NOT NULL,
  recipient   VARCHAR(254) NOT NULL,
  subject     TEXT         NOT NULL,
  text_body   TEXT         NOT NULL,
  html_body   TEXT         NOT NULL,
  created_at  TIMESTAMPTZ  NOT NULL,
  next_try_at TIMESTAMPTZ  NOT NULL,
  tries       INTEGER      NOT NULL DEFAULT 0,
  last_error  TEXT         NOT NULL DEFAULT ''
);
CREATE INDEX letter_outbox_due ON letter_outbox (next_try_at);
