-- A channel is what a user shows the town; categories are the town's streets, and follows who wants to hear of whom.

-- Columns of the master plan first, ours after them. Rows come from db/seed/categories.json at every migration.
CREATE TABLE stream_categories (
  id                 SERIAL PRIMARY KEY,
  name_pt            VARCHAR(100) NOT NULL,
  name_en            VARCHAR(100) NOT NULL,
  slug               VARCHAR(50)  NOT NULL UNIQUE,
  portuguese_focused BOOLEAN      NOT NULL DEFAULT false,
  name_pt_br         VARCHAR(100) NOT NULL,
  description_pt     TEXT         NOT NULL DEFAULT '',
  description_en     TEXT         NOT NULL DEFAULT '',
  tags               TEXT[]       NOT NULL DEFAULT '{}',
  sort_order         INTEGER      NOT NULL DEFAULT 0,
  kids_safe          BOOLEAN      NOT NULL DEFAULT false
);

CREATE TABLE channels (
  id               BIGSERIAL    PRIMARY KEY,
  user_id          BIGINT       NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
  display_name     VARCHAR(50)  NOT NULL CHECK (display_name <> ''),
  description      VARCHAR(2000) NOT NULL DEFAULT '',
  language         VARCHAR(10)  NOT NULL DEFAULT 'pt-PT' CHECK (language IN ('pt-PT', 'pt-BR', 'other')),
  -- What a broadcast begun with the persistent key is called until its owner says otherwise.
  default_title    VARCHAR(255) NOT NULL CHECK (default_title <> ''),
  default_category VARCHAR(50)  NOT NULL DEFAULT 'conversa' REFERENCES stream_categories (slug) ON UPDATE CASCADE,
  -- Staff may let one channel begin more broadcasts a day than the house rule allows; null is the house rule.
  streams_per_day  INTEGER      CHECK (streams_per_day > 0),
  followers_count  INTEGER      NOT NULL DEFAULT 0 CHECK (followers_count >= 0),
  created_at       TIMESTAMPTZ  NOT NULL DEFAULT now()
);

CREATE TABLE follows (
  user_id    BIGINT      NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  channel_id BIGINT      NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, channel_id)
);
CREATE INDEX follows_by_channel ON follows (channel_id, created_at DESC);

-- The count lives with the rows it counts, so that it stays right however a follow goes away, a deleted account
-- included. The channel's row lock puts two followers of one channel in line.
CREATE FUNCTION count_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE channels SET followers_count = followers_count + 1 WHERE id = NEW.channel_id;
  ELSE
    UPDATE channels SET followers_count = followers_count - 1 WHERE id = OLD.channel_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER follows_counted AFTER INSERT OR DELETE ON follows FOR EACH ROW EXECUTE FUNCTION count_follow();
