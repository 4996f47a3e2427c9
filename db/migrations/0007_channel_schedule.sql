-- A channel says when it will be on air: once at a moment, or every week when the clocks of a place show a time.

CREATE TABLE channel_schedule (
  id             BIGSERIAL    PRIMARY KEY,
  channel_id     BIGINT       NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  title          VARCHAR(140) NOT NULL CHECK (title <> ''),
  category       VARCHAR(50)  NOT NULL REFERENCES stream_categories (slug) ON UPDATE CASCADE,
  duration_min   INTEGER      NOT NULL CHECK (duration_min BETWEEN 15 AND 1440),
  starts_at      TIMESTAMPTZ,                                        -- Once,
  weekday        SMALLINT     CHECK (weekday BETWEEN 1 AND 7),       -- or every week: 1 is Monday (ISO 8601),
  minute_of_day  SMALLINT     CHECK (minute_of_day BETWEEN 0 AND 1439),
  time_zone      VARCHAR(64),                                        -- on the clocks of this IANA zone.
  -- The soonest occurrence that is not over and not cancelled, for lists of the whole town; null when none will come.
  -- The server works it out, and anew when it is over: the clock rules of a place are not arithmetic for SQL.
  next_starts_at TIMESTAMPTZ,
  next_ends_at   TIMESTAMPTZ,
  created_at     TIMESTAMPTZ  NOT NULL DEFAULT now(),
  CHECK ((starts_at IS NULL) = (weekday IS NOT NULL)),
  CHECK ((weekday IS NULL) = (minute_of_day IS NULL) AND (weekday IS NULL) = (time_zone IS NULL)),
  CHECK ((next_starts_at IS NULL) = (next_ends_at IS NULL))
);
CREATE INDEX channel_schedule_of_channel ON channel_schedule (channel_id);
CREATE INDEX channel_schedule_upcoming ON channel_schedule (next_starts_at, id) WHERE next_starts_at IS NOT NULL;
CREATE INDEX channel_schedule_passing ON channel_schedule (next_ends_at) WHERE next_ends_at IS NOT NULL;

-- A day on which an entry does not happen, as the entry's own place counts days.
CREATE TABLE channel_schedule_cancelled (
  entry_id BIGINT NOT NULL REFERENCES channel_schedule (id) ON DELETE CASCADE,
  day      DATE   NOT NULL,
  PRIMARY KEY (entry_id, day)
);
