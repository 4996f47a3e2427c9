// Generated from api/openapi/channels.yaml by `npm run gen`. Do not edit.
export interface paths {
    "/api/v1/channels/{username}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_channel"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/{username}/follow": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** The example slice everybody copies. Following twice is following once. */
        put: operations["follow_channel"];
        post?: never;
        delete: operations["unfollow_channel"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** The channel and the defaults its persistent key goes live with. */
        patch: operations["update_channel"];
        trace?: never;
    };
    "/api/v1/following": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_following"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/categories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_categories"];
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
        ContentLanguage: "pt-PT" | "pt-BR" | "other";
        /**
         * @description Where somebody speaks from; null is not said
         * @enum {string|null}
         */
        Region: "br" | "pt" | "ao" | "mz" | "cv" | "gw" | "st" | "tl" | "mo" | "diaspora" | null;
        /**
         * @description none takes it away again
         * @enum {string}
         */
        RegionChoice: "none" | "br" | "pt" | "ao" | "mz" | "cv" | "gw" | "st" | "tl" | "mo" | "diaspora";
        ChannelSummary: {
            username: string;
            display_name: string;
            /** @description 128 pixels square; -64 and -256 in place of -128 are there too */
            avatar_url: string | null;
        };
        Channel: {
            /** Format: int64 */
            id: number;
            username: string;
            display_name: string;
            /** @description 128 pixels square; -64 and -256 in place of -128 are there too */
            avatar_url: string | null;
            /** @description 1200 by 400 pixels; -600 in place of -1200 is there too */
            banner_url: string | null;
            description: string;
            language: components["schemas"]["ContentLanguage"];
            region: components["schemas"]["Region"];
            default_title: string;
            /** @description A category's slug */
            default_category: string;
            /** Format: int64 */
            followers_count: number;
            is_live: boolean;
            /** Format: int64 */
            live_stream_id: number | null;
            is_following: boolean;
            is_owner: boolean;
            /** Format: date-time */
            created_at: string;
        };
        ChannelList: {
            items: components["schemas"]["Channel"][];
            next_cursor: string | null;
        };
        FollowState: {
            is_following: boolean;
            /** Format: int64 */
            followers_count: number;
        };
        UpdateChannelRequest: {
            display_name?: string;
            description?: string;
            language?: components["schemas"]["ContentLanguage"];
            region?: components["schemas"]["RegionChoice"];
            default_title?: string;
            default_category?: string;
        };
        Category: {
            slug: string;
            name_pt: string;
            name_pt_br: string;
            name_en: string;
            description_pt: string;
            description_en: string;
            tags: string[];
            portuguese_focused: boolean;
            /** Format: int64 */
            live_count: number;
            /**
             * Format: int64
             * @description Of all that is on air in it
             */
            viewer_count: number;
        };
        CategoryList: {
            items: components["schemas"]["Category"][];
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
    get_channel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                username: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The channel */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Channel"];
                };
            };
        };
    };
    follow_channel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                username: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FollowState"];
                };
            };
        };
    };
    unfollow_channel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                username: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FollowState"];
                };
            };
        };
    };
    update_channel: {
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
                "application/json": components["schemas"]["UpdateChannelRequest"];
            };
        };
        responses: {
            /** @description As it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Channel"];
                };
            };
        };
    };
    list_following: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Live channels first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelList"];
                };
            };
        };
    };
    list_categories: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description In their order */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CategoryList"];
                };
            };
        };
    };
}
