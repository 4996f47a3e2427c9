// Generated from api/openapi/studio.yaml by `npm run gen`. Do not edit.
export interface paths {
    "/api/v1/studio/checklist": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** From a new account to the first live, as far as the channel has come. For its owner and team. */
        get: operations["get_checklist"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Puts the list away, or remembers what the connection carries. For the owner and editors. */
        patch: operations["update_checklist"];
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @enum {string} */
        ChecklistStepName: "picture" | "about" | "place" | "title" | "connection" | "network" | "first_live" | "team";
        ChecklistStep: {
            name: components["schemas"]["ChecklistStepName"];
            is_done: boolean;
            /** @description Good to have; nobody needs it to go live */
            is_optional: boolean;
        };
        Checklist: {
            /** @description In the order to take them */
            steps: components["schemas"]["ChecklistStep"][];
            is_dismissed: boolean;
            /** @description What the network check measured last */
            upload_kbps: number | null;
            /** Format: date-time */
            upload_measured_at: string | null;
        };
        UpdateChecklistRequest: {
            is_dismissed?: boolean;
            upload_kbps?: number;
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
    get_checklist: {
        parameters: {
            query?: {
                /** @description Whose, for its team; the caller's own when it is left out */
                channel?: string;
            };
            header?: never;
            path?: never;
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
                    "application/json": components["schemas"]["Checklist"];
                };
            };
        };
    };
    update_checklist: {
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
                "application/json": components["schemas"]["UpdateChecklistRequest"];
            };
        };
        responses: {
            /** @description As it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Checklist"];
                };
            };
        };
    };
}
