// Generated from api/openapi/about.yaml by `npm run gen`. Do not edit.
export interface paths {
    "/api/v1/channels/{username}/about": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Panels, links, and who may show the channel inside their own pages. */
        get: operations["get_about"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channel/about": {
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
        /** A list that is given replaces the one before; one that is left out stays. */
        patch: operations["update_about"];
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Panel: {
            title: string;
            /** @description Markdown. Readers get no HTML and no pictures of it */
            body: string;
        };
        ChannelLink: {
            label: string;
            /** @description https only */
            url: string;
        };
        About: {
            panels: components["schemas"]["Panel"][];
            links: components["schemas"]["ChannelLink"][];
            /** @description Who may show the channel in a frame: * is anybody, nothing is nobody, *.example.org is every host below it */
            embed_hosts: string[];
        };
        UpdateAboutRequest: {
            panels?: components["schemas"]["Panel"][];
            links?: components["schemas"]["ChannelLink"][];
            embed_hosts?: string[];
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
    get_about: {
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
            /** @description In their order */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["About"];
                };
            };
        };
    };
    update_about: {
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
                "application/json": components["schemas"]["UpdateAboutRequest"];
            };
        };
        responses: {
            /** @description As it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["About"];
                };
            };
        };
    };
}
