// Generated from api/openapi/discovery.yaml by `npm run gen`. Do not edit.
export interface paths {
    "/api/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Channels, streams and categories by what is said of them; accents, spelling and number do not matter. */
        get: operations["search"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search/suggestions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** As one types; the last word may be unfinished. */
        get: operations["suggest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/front-page": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The first page of what is on air, with the places kept for small channels and for regions; /api/v1/streams goes on from its cursor. */
        get: operations["get_front_page"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/regions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_regions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/upcoming": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What channels have announced, the soonest first. */
        get: operations["list_upcoming"];
        put?: never;
        post?: never;
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
        SearchKind: "channels" | "streams" | "categories";
        /** @enum {string} */
        ReaderLocale: "pt-PT" | "pt-BR" | "en";
        /** @enum {string|null} */
        FoundRegion: "br" | "pt" | "ao" | "mz" | "cv" | "gw" | "st" | "tl" | "mo" | "diaspora" | null;
        /** @enum {string} */
        FoundLanguage: "pt-PT" | "pt-BR" | "other";
        FoundStreamChannel: {
            username: string;
            display_name: string;
            avatar_url: string | null;
            region: components["schemas"]["FoundRegion"];
        };
        FoundStream: {
            /** Format: int64 */
            id: number;
            title: string;
            /** @description A category's slug */
            category: string;
            language: components["schemas"]["FoundLanguage"];
            is_live: boolean;
            /** Format: int64 */
            viewer_count: number;
            /** Format: date-time */
            started_at: string | null;
            /** Format: date-time */
            ended_at: string | null;
            thumbnail_url: string | null;
            channel: components["schemas"]["FoundStreamChannel"];
            /**
             * @description The place kept for it where it has one
             * @enum {string}
             */
            why?: "small" | "region";
        };
        FoundChannel: {
            username: string;
            display_name: string;
            avatar_url: string | null;
            region: components["schemas"]["FoundRegion"];
            language: components["schemas"]["FoundLanguage"];
            /** @description A category's slug */
            default_category: string;
            /** @description Its first 160 characters */
            description: string;
            /** Format: int64 */
            followers_count: number;
            is_live: boolean;
        };
        FoundCategory: {
            slug: string;
            name_pt: string;
            name_pt_br: string;
            name_en: string;
            /** Format: int64 */
            live_count: number;
        };
        SearchResults: {
            channels: components["schemas"]["FoundChannel"][];
            streams: components["schemas"]["FoundStream"][];
            categories: components["schemas"]["FoundCategory"][];
            /** @description Nothing says what was asked; these look like it */
            is_alike: boolean;
            /** @description The search in words that find something */
            did_you_mean: string | null;
            /** @description With a kind */
            next_cursor: string | null;
        };
        Suggestion: {
            /** @enum {string} */
            kind: "channel" | "stream" | "category";
            text: string;
            /** @description A username or a category's slug */
            to: string;
            is_live: boolean;
        };
        SuggestionList: {
            items: components["schemas"]["Suggestion"][];
        };
        FrontPage: {
            items: components["schemas"]["FoundStream"][];
            /** @description Of /api/v1/streams by viewers */
            next_cursor: string | null;
        };
        Upcoming: {
            /**
             * Format: int64
             * @description Of the schedule's entry
             */
            id: number;
            title: string;
            /** @description A category's slug */
            category: string;
            /** Format: date-time */
            starts_at: string;
            /** Format: date-time */
            ends_at: string;
            channel: components["schemas"]["FoundStreamChannel"];
        };
        UpcomingList: {
            items: components["schemas"]["Upcoming"][];
            next_cursor: string | null;
        };
        RegionActivity: {
            /** @enum {string} */
            code: "br" | "pt" | "ao" | "mz" | "cv" | "gw" | "st" | "tl" | "mo" | "diaspora";
            /** Format: int64 */
            live_count: number;
            /** Format: int64 */
            viewer_count: number;
            /** Format: int64 */
            channel_count: number;
        };
        RegionList: {
            items: components["schemas"]["RegionActivity"][];
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
    search: {
        parameters: {
            query: {
                q: string;
                kind?: components["schemas"]["SearchKind"];
                locale?: components["schemas"]["ReaderLocale"];
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The best first; with a kind that kind alone and its pages */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchResults"];
                };
            };
        };
    };
    suggest: {
        parameters: {
            query: {
                q: string;
                locale?: components["schemas"]["ReaderLocale"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Eight at most */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuggestionList"];
                };
            };
        };
    };
    get_front_page: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description In the order they are shown */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FrontPage"];
                };
            };
        };
    };
    list_regions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them in their order */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegionList"];
                };
            };
        };
    };
    list_upcoming: {
        parameters: {
            query?: {
                category?: string;
                region?: "br" | "pt" | "ao" | "mz" | "cv" | "gw" | "st" | "tl" | "mo" | "diaspora";
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Each entry's next time */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpcomingList"];
                };
            };
        };
    };
}
