-- A channel is often the work of several: its owner asks others onto the team, and each counts once they have said yes.

CREATE TABLE channel_members (
  channel_id  BIGINT      NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  user_id     BIGINT      NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role        VARCHAR(10) NOT NULL CHECK (role IN ('editor', 'moderator')),  -- The owner is channels.user_id.
  invited_by  BIGINT      REFERENCES users (id) ON DELETE SET NULL,
  created_at  TIMESTAMPTZ NOT NULL,
  accepted_at TIMESTAMPTZ,                                                   -- Null: asked, and no right yet.
  PRIMARY KEY (channel_id, user_id)
);
CREATE INDEX channel_members_of_user ON channel_members (user_id);
