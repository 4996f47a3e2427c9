import type { components as ChannelSchemas } from "./channels.gen";
import type { components as IdentitySchemas } from "./identity.gen";
import type { components as LiveSchemas } from "./live.gen";
import type { components as SitemapSchemas } from "./sitemap.gen";

// Short names for the contract's shapes.
export type Channel = ChannelSchemas["schemas"]["Channel"];
export type Category = ChannelSchemas["schemas"]["Category"];
export type FollowState = ChannelSchemas["schemas"]["FollowState"];
export type ContentLanguage = ChannelSchemas["schemas"]["ContentLanguage"];
export type Region = ChannelSchemas["schemas"]["Region"];
export type RegionChoice = ChannelSchemas["schemas"]["RegionChoice"];
export type Account = IdentitySchemas["schemas"]["Account"];
export type Session = IdentitySchemas["schemas"]["Session"];
export type ApiToken = IdentitySchemas["schemas"]["ApiToken"];
export type Stream = LiveSchemas["schemas"]["Stream"];
export type StreamState = LiveSchemas["schemas"]["StreamState"];
export type StreamHealth = LiveSchemas["schemas"]["StreamHealth"];
export type PublishSettings = LiveSchemas["schemas"]["PublishSettings"];
export type Heartbeat = LiveSchemas["schemas"]["Heartbeat"];
export type HeartbeatAnswer = LiveSchemas["schemas"]["HeartbeatAnswer"];
export type SitemapChannelList = SitemapSchemas["schemas"]["SitemapChannelList"];
