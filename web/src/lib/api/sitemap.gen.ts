// Generated from api/openapi/sitemap.yaml by `npm run gen`. Do not edit.
export interface paths {
    "/api/v1/sitemap": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far the list of channels reaches. Files of a sitemap are ranges of ids, so that none moves when a channel is added. */
        get: operations["get_sitemap"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sitemap/channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Channels worth a search engine's visit (they were on air, or say something of themselves), by id. */
        get: operations["list_sitemap_channels"];
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
        SitemapExtent: {
            /**
             * Format: int64
             * @description 0 when there is no channel
             */
            channel_id_max: number;
        };
        SitemapChannel: {
            username: string;
            /**
             * Format: date-time
             * @description When the channel or its latest broadcast last changed
             */
            modified_at: string;
        };
        SitemapChannelList: {
            items: components["schemas"]["SitemapChannel"][];
            /** Format: int64 */
            next_after_id: number | null;
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
    get_sitemap: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its end */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SitemapExtent"];
                };
            };
        };
    };
    list_sitemap_channels: {
        parameters: {
            query?: {
                after_id?: number;
                until_id?: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description In the order of their ids */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SitemapChannelList"];
                };
            };
        };
    };
}
