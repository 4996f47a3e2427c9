-- What a studio remembers of a channel besides its broadcasts: the network check, and that the first steps were put away.

CREATE TABLE studio_progress (
  channel_id         BIGINT      PRIMARY KEY REFERENCES channels (id) ON DELETE CASCADE,
  upload_kbps        INTEGER     CHECK (upload_kbps > 0),
  upload_measured_at TIMESTAMPTZ,
  dismissed_at       TIMESTAMPTZ,
  CHECK ((upload_kbps IS NULL) = (upload_measured_at IS NULL))
);
