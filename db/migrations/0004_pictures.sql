-- A face for an account and a banner for a channel: re-encoded by us, kept with the rows they belong to.

-- One uploaded picture. Its id is random and its bytes never change, so an address may be cached for ever.
CREATE TABLE pictures (
  id          VARCHAR(22) PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9_-]{22}$'),
  user_id     BIGINT      NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  kind        VARCHAR(6)  NOT NULL CHECK (kind IN ('avatar', 'banner')),
  created_at  TIMESTAMPTZ NOT NULL,
  replaced_at TIMESTAMPTZ               -- Then pages that name it are still about for a while; a sweep takes it.
);
CREATE INDEX pictures_by_user ON pictures (user_id);
CREATE INDEX pictures_replaced ON pictures (replaced_at) WHERE replaced_at IS NOT NULL;

CREATE TABLE picture_sizes (
  picture_id VARCHAR(22) NOT NULL REFERENCES pictures (id) ON DELETE CASCADE,
  width      INTEGER     NOT NULL,
  webp       BYTEA       NOT NULL,
  PRIMARY KEY (picture_id, width)
);
ALTER TABLE picture_sizes ALTER COLUMN webp SET STORAGE EXTERNAL;  -- WebP does not shrink twice.

-- The address is a column, so that every module that shows people reads it and none has to know how it is made.
ALTER TABLE users
  ADD COLUMN avatar_id  VARCHAR(22) REFERENCES pictures (id) ON DELETE SET NULL,
  ADD COLUMN avatar_url TEXT GENERATED ALWAYS AS ('/pictures/' || avatar_id || '-128.webp') STORED;
ALTER TABLE channels
  ADD COLUMN banner_id  VARCHAR(22) REFERENCES pictures (id) ON DELETE SET NULL,
  ADD COLUMN banner_url TEXT GENERATED ALWAYS AS ('/pictures/' || banner_id || '-1200.webp') STORED;
