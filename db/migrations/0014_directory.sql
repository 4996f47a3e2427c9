-- Lists of categories and regions say how many watch there now, so the view of who is on air says it too.

CREATE OR REPLACE VIEW channels_on_air AS
  SELECT user_id, id AS stream_id, category, viewer_count FROM streams WHERE is_live;
