// Generated from api/openapi/live.yaml by `npm run gen`. Do not edit.
export interface paths {
    "/api/v1/streams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_streams"];
        put?: never;
        /** A broadcast to be, with its key for those who may see keys. At most five a day per channel. */
        post: operations["create_stream"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/mine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_my_streams"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Title, category and language, also while live. For the owner and editors. */
        patch: operations["update_stream"];
        trace?: never;
    };
    "/api/v1/streams/{stream_id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends the broadcast and disconnects its publisher. Ending twice is ending once. */
        post: operations["end_stream"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream_id}/key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The key with a fresh token. */
        get: operations["get_stream_key"];
        put?: never;
        /** A new key; whoever publishes with the old one is disconnected at once. */
        post: operations["rotate_stream_key"];
        /** No key any more; the publisher is disconnected at once. */
        delete: operations["revoke_stream_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channel/key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The persistent key for OBS, made on first use. */
        get: operations["get_channel_key"];
        put?: never;
        post: operations["rotate_channel_key"];
        delete: operations["revoke_channel_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channel/obs/service.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** OBS's service.json with the channel's persistent key; drop it into a profile folder. */
        get: operations["get_obs_service"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream_id}/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the studio's live panel shows, for the owner and the team. */
        get: operations["get_stream_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream_id}/curve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Viewers over time, for the owner and the team. Long broadcasts come in longer steps, each with its highest count. */
        get: operations["get_stream_curve"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream_id}/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A player says that it is still there. Answers with what the page shows. */
        post: operations["send_heartbeat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @enum {string} */
        StreamLanguage: "pt-PT" | "pt-BR" | "other";
        /**
         * @description Where somebody speaks from; null is not said
         * @enum {string|null}
         */
        StreamRegion: "br" | "pt" | "ao" | "mz" | "cv" | "gw" | "st" | "tl" | "mo" | "diaspora" | null;
        /**
         * @description waiting for the first picture; live; reconnecting inside the grace window; ended
         * @enum {string}
         */
        StreamState: "waiting" | "live" | "reconnecting" | "ended";
        StreamChannel: {
            username: string;
            display_name: string;
            /** @description 128 pixels square; -64 and -256 in place of -128 are there too */
            avatar_url: string | null;
            region: components["schemas"]["StreamRegion"];
        };
        Stream: {
            /** Format: int64 */
            id: number;
            title: string;
            /** @description A category's slug */
            category: string;
            language: components["schemas"]["StreamLanguage"];
            state: components["schemas"]["StreamState"];
            is_live: boolean;
            /** Format: int64 */
            viewer_count: number;
            /** Format: int64 */
            total_viewers: number;
            /** Format: int64 */
            peak_viewers: number;
            /** Format: int64 */
            average_watch_time_s: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            started_at: string | null;
            /** Format: date-time */
            ended_at: string | null;
            /**
             * Format: date-time
             * @description While reconnecting
             */
            grace_ends_at: string | null;
            /** @description /hls/{id}/thumbnail.jpg?v=…; null before the first picture */
            thumbnail_url: string | null;
            /** @description /hls/{id}/index.m3u8; the same by WebRTC is /whep/{id}, see api/webrtc.md */
            hls_url: string;
            channel: components["schemas"]["StreamChannel"];
        };
        StreamList: {
            items: components["schemas"]["Stream"][];
            next_cursor: string | null;
        };
        CreateStreamRequest: {
            title: string;
            category: string;
            language: components["schemas"]["StreamLanguage"];
        };
        UpdateStreamRequest: {
            title?: string;
            category?: string;
            language?: components["schemas"]["StreamLanguage"];
        };
        PublishSettings: {
            /** @description rtmp://HOST:1935/live: OBS's Server */
            rtmp_url: string;
            rtmps_url: string | null;
            /** @description https://HOST/whip/{stream_key}: OBS's Server for WHIP, with the token as its Bearer Token; null where WebRTC is off */
            whip_url: string | null;
            stream_key: string;
            /** @description JWT */
            token: string;
            /** @description {stream_key}?token={token}: OBS's Stream Key */
            obs_key: string;
            /** Format: date-time */
            expires_at: string;
        };
        CreatedStream: {
            stream: components["schemas"]["Stream"];
            publish?: components["schemas"]["PublishSettings"];
        };
        ObsServiceSettings: {
            server: string;
            key: string;
            use_auth: boolean;
            bwtest: boolean;
        };
        ObsService: {
            /** @enum {string} */
            type: "rtmp_custom";
            settings: components["schemas"]["ObsServiceSettings"];
        };
        StreamHealth: {
            state: components["schemas"]["StreamState"];
            /** Format: date-time */
            grace_ends_at: string | null;
            video_codec: string;
            audio_codec: string;
            width: number;
            height: number;
            frame_rate: number;
            video_bitrate_kbps: number;
            audio_bitrate_kbps: number;
            keyframe_interval_s: number;
            has_b_frames: boolean;
            encoder: string;
            /** @description What the creator could change, the most useful first; empty when all is well */
            advice: ("connection_lossy" | "no_audio" | "no_video" | "codec_unsupported" | "b_frames" | "keyframe_interval_too_long" | "bitrate_unstable" | "bitrate_high" | "bitrate_low" | "frame_rate_low")[];
            /** Format: int64 */
            viewer_count: number;
            /**
             * Format: int64
             * @description Arrived, but no decoder could use them
             */
            frames_dropped: number;
            /** @description Lately, before repair; null where nothing is lost but late: RTMP */
            packet_loss_percent: number | null;
            /**
             * Format: int64
             * @description Beyond repair, since the publisher came
             */
            packets_lost: number | null;
            jitter_ms: number | null;
            /** @description Between publisher and server; null before it is known */
            round_trip_ms: number | null;
            /** @description What viewers may move between, the stream's own first; empty unless the publisher sends several */
            sizes: components["schemas"]["PictureSize"][];
        };
        PictureSize: {
            width: number;
            height: number;
            frame_rate: number;
            /** @description Of the picture alone */
            bitrate_kbps: number;
        };
        CurvePoint: {
            /**
             * Format: date-time
             * @description Where the step begins
             */
            at: string;
            /** Format: int64 */
            viewer_count: number;
        };
        StreamCurve: {
            step_minutes: number;
            points: components["schemas"]["CurvePoint"][];
        };
        Heartbeat: {
            /** @description Random, made by the player, one a tab and stream */
            session_id: string;
            playhead_s: number;
            /** @description Since the session began */
            stalls: number;
            stalled_ms: number;
            is_playing: boolean;
            is_visible: boolean;
            /** @description The page is going away */
            is_leaving?: boolean;
            /** @enum {string} */
            protocol?: "hls" | "llhls" | "whep";
            height?: number;
            latency_ms?: number;
        };
        HeartbeatAnswer: {
            state: components["schemas"]["StreamState"];
            /** Format: int64 */
            viewer_count: number;
            title: string;
            category: string;
            /** Format: date-time */
            grace_ends_at: string | null;
            next_heartbeat_s: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_streams: {
        parameters: {
            query?: {
                live?: boolean;
                category?: string;
                language?: components["schemas"]["StreamLanguage"];
                username?: string;
                region?: "br" | "pt" | "ao" | "mz" | "cv" | "gw" | "st" | "tl" | "mo" | "diaspora";
                portuguese_focused?: boolean;
                following?: boolean;
                sort?: "viewers" | "recent";
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Most viewers first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StreamList"];
                };
            };
        };
    };
    create_stream: {
        parameters: {
            query?: {
                /** @description Whose, for its editors; the caller's own when it is left out */
                channel?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateStreamRequest"];
            };
        };
        responses: {
            /** @description Ready to publish to */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedStream"];
                };
            };
        };
    };
    list_my_streams: {
        parameters: {
            query?: {
                /** @description Whose, for its team; the caller's own when it is left out */
                channel?: string;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StreamList"];
                };
            };
        };
    };
    get_stream: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                stream_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The broadcast */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stream"];
                };
            };
        };
    };
    update_stream: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                stream_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateStreamRequest"];
            };
        };
        responses: {
            /** @description As it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stream"];
                };
            };
        };
    };
    end_stream: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                stream_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ended */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stream"];
                };
            };
        };
    };
    get_stream_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                stream_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description For the encoder */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublishSettings"];
                };
            };
        };
    };
    rotate_stream_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                stream_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description For the encoder */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublishSettings"];
                };
            };
        };
    };
    revoke_stream_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                stream_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoked */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_channel_key: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description For the encoder */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublishSettings"];
                };
            };
        };
    };
    rotate_channel_key: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description For the encoder */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublishSettings"];
                };
            };
        };
    };
    revoke_channel_key: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoked */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_obs_service: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As OBS writes it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ObsService"];
                };
            };
        };
    };
    get_stream_health: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                stream_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StreamHealth"];
                };
            };
        };
    };
    get_stream_curve: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                stream_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description From its beginning on */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StreamCurve"];
                };
            };
        };
    };
    send_heartbeat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                stream_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Heartbeat"];
            };
        };
        responses: {
            /** @description The stream now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HeartbeatAnswer"];
                };
            };
        };
    };
}
