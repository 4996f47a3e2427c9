-- A stream is one broadcast from its creation to its end; a viewer session is one player that watched it.

-- Names a key's incarnation inside its tokens: a rotated key gets a new id, and tokens of the old one are void.
CREATE SEQUENCE stream_key_ids;

-- Columns of the master plan first, ours after them. is_live follows the state, so the two cannot disagree: a stream
-- inside its grace window is still live to those who list and count.
CREATE TABLE streams (
  id            BIGSERIAL    PRIMARY KEY,
  user_id       BIGINT       NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  title         VARCHAR(255) NOT NULL CHECK (title <> ''),
  stream_key    VARCHAR(50)  NOT NULL UNIQUE,
  is_live       BOOLEAN      GENERATED ALWAYS AS (state IN ('live', 'reconnecting')) STORED,
  viewer_count  INTEGER      NOT NULL DEFAULT 0,
  category      VARCHAR(100) NOT NULL REFERENCES stream_categories (slug) ON UPDATE CASCADE,
  language      VARCHAR(10)  NOT NULL DEFAULT 'pt-PT' CHECK (language IN ('pt-PT', 'pt-BR', 'other')),
  started_at    TIMESTAMPTZ,
  ended_at      TIMESTAMPTZ,
  total_viewers INTEGER      NOT NULL DEFAULT 0,
  peak_viewers  INTEGER      NOT NULL DEFAULT 0,

  state                VARCHAR(12) NOT NULL DEFAULT 'waiting'
                       CHECK (state IN ('waiting', 'live', 'reconnecting', 'ended')),
  created_at           TIMESTAMPTZ NOT NULL DEFAULT now(),
  grace_ends_at        TIMESTAMPTZ,              -- While reconnecting: when we stop waiting for the encoder.
  last_media_at        TIMESTAMPTZ,              -- The last time the engine said that media came or went.
  key_id               BIGINT      NOT NULL DEFAULT nextval('stream_key_ids'),
  key_revoked_at       TIMESTAMPTZ,
  publish_id           VARCHAR(64),              -- The connection whose picture is on air.
  publish_key_id       BIGINT,                   -- The key it came with: the stream's own, or its channel's.
  by_channel_key       BOOLEAN     NOT NULL DEFAULT false,  -- Begun by publishing to the channel's persistent key.
  hidden_viewer_count  INTEGER     NOT NULL DEFAULT 0,      -- Those among viewer_count whose tab is in the background.
  peak_viewers_raw     INTEGER     NOT NULL DEFAULT 0,      -- Every open session, verified or not: for audits.
  watch_time_s         BIGINT      NOT NULL DEFAULT 0,
  average_watch_time_s INTEGER     NOT NULL DEFAULT 0,
  CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
  CHECK ((state = 'reconnecting') = (grace_ends_at IS NOT NULL)),
  CHECK (state IN ('waiting', 'ended') OR started_at IS NOT NULL)
);
-- A channel sends one picture at a time.
CREATE UNIQUE INDEX streams_one_live ON streams (user_id) WHERE state IN ('live', 'reconnecting');
CREATE INDEX streams_live_by_viewers ON streams (viewer_count DESC, id DESC) WHERE is_live;
CREATE INDEX streams_of_user ON streams (user_id, id DESC);
CREATE INDEX streams_of_user_by_creation ON streams (user_id, created_at);
CREATE INDEX streams_by_end ON streams (ended_at);
CREATE INDEX streams_grace ON streams (grace_ends_at) WHERE state = 'reconnecting';
CREATE INDEX streams_ended_newest ON streams (id DESC) WHERE state = 'ended' AND started_at IS NOT NULL;

-- Who is on air, for modules below this one: channels reads the view and nothing else of ours.
CREATE VIEW channels_on_air AS
  SELECT user_id, id AS stream_id, category FROM streams WHERE is_live;

-- The key a creator keeps in OBS. Publishing to it begins a stream with the channel's defaults.
CREATE TABLE channel_keys (
  channel_id BIGINT      PRIMARY KEY REFERENCES channels (id) ON DELETE CASCADE,
  stream_key VARCHAR(50) NOT NULL UNIQUE,
  key_id     BIGINT      NOT NULL DEFAULT nextval('stream_key_ids'),
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  revoked_at TIMESTAMPTZ
);

-- Columns of the master plan first, ours after them. One row per player, found again by the random id it made for
-- itself; never by address, which a whole neighbourhood may share.
CREATE TABLE viewer_sessions (
  id               BIGSERIAL   PRIMARY KEY,
  stream_id        BIGINT      NOT NULL REFERENCES streams (id) ON DELETE CASCADE,
  user_id          BIGINT      REFERENCES users (id) ON DELETE SET NULL,
  joined_at        TIMESTAMPTZ NOT NULL DEFAULT now(),
  left_at          TIMESTAMPTZ,
  total_watch_time INTEGER     GENERATED ALWAYS AS ((watch_time_ms / 1000)::integer) STORED,

  session_id           VARCHAR(64) NOT NULL,
  is_own               BOOLEAN     NOT NULL DEFAULT false,  -- The owner looking at their own stream: never counted.
  beats                INTEGER     NOT NULL DEFAULT 1,
  last_beat_at         TIMESTAMPTZ NOT NULL,
  counted_until        TIMESTAMPTZ,             -- A concurrent viewer up to this moment.
  verified_at          TIMESTAMPTZ,             -- First became a concurrent viewer: counts in total_viewers.
  watch_time_ms        BIGINT      NOT NULL DEFAULT 0,      -- With the page in view.
  hidden_watch_time_ms BIGINT      NOT NULL DEFAULT 0,      -- With the tab in the background.
  playhead_s           DOUBLE PRECISION NOT NULL DEFAULT 0,
  stalls               INTEGER     NOT NULL DEFAULT 0,
  stalled_ms           BIGINT      NOT NULL DEFAULT 0,
  is_playing           BOOLEAN     NOT NULL DEFAULT false,
  is_visible           BOOLEAN     NOT NULL DEFAULT true,
  protocol             VARCHAR(8),
  height               INTEGER,
  latency_ms           INTEGER,
  UNIQUE (stream_id, session_id)
) WITH (fillfactor = 70);  -- Room for a heartbeat's new version on the same page: no column it changes is indexed.
CREATE INDEX viewer_sessions_open ON viewer_sessions (stream_id) WHERE left_at IS NULL;
CREATE INDEX viewer_sessions_of_user ON viewer_sessions (user_id) WHERE user_id IS NOT NULL;

-- The curve of a stream, one point a minute holding that minute's highest counts.
CREATE TABLE viewer_samples (
  stream_id           BIGINT      NOT NULL REFERENCES streams (id) ON DELETE CASCADE,
  minute              TIMESTAMPTZ NOT NULL,
  viewer_count        INTEGER     NOT NULL,
  hidden_viewer_count INTEGER     NOT NULL,
  viewer_count_raw    INTEGER     NOT NULL,
  PRIMARY KEY (stream_id, minute)
);
