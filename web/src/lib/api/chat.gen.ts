// Generated from api/openapi/chat.yaml by `npm run gen`. Do not edit.
export interface paths {
    "/api/v1/emotes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every emote anybody may use, in the order of a picker. With a region, those at home there and those at home everywhere. */
        get: operations["list_emotes"];
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
        EmoteRegion: "br" | "pt" | "ao" | "mz" | "cv" | "gw" | "st" | "tl" | "mo" | "diaspora";
        /** @enum {string} */
        EmoteKind: "reaction" | "feeling" | "chat" | "celebration" | "music" | "food" | "sport";
        /**
         * @description Who may use it
         * @enum {string}
         */
        EmoteScope: "global";
        Emote: {
            /** @description What is typed: :saudade: */
            code: string;
            slug: string;
            kind: components["schemas"]["EmoteKind"];
            scope: components["schemas"]["EmoteScope"];
            /** @description Where it is at home; none is everywhere */
            regions: components["schemas"]["EmoteRegion"][];
            animated: boolean;
            name_pt: string;
            name_pt_br: string;
            name_en: string;
            /** @description What it means and when it is said */
            context_pt: string;
            context_pt_br: string;
            context_en: string;
            /** @description For where no picture can be shown */
            unicode_fallback: string;
            /** @description Other words that stand for it between colons */
            aliases: string[];
            /** @description The slug it is another spelling of */
            variant_of: string | null;
            /** @description SVG whose bytes never change at this address */
            url: string;
            /** @description The same picture without its movement */
            still_url: string;
            /** @description Heights in pixels it is drawn to be read at */
            sizes: number[];
        };
        EmoteList: {
            items: components["schemas"]["Emote"][];
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
    list_emotes: {
        parameters: {
            query?: {
                region?: components["schemas"]["EmoteRegion"];
            };
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
                    "application/json": components["schemas"]["EmoteList"];
                };
            };
        };
    };
}
