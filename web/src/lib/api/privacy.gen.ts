// Generated from api/openapi/privacy.yaml by `npm run gen`. Do not edit.
export interface paths {
    "/api/v1/account/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Everything that is held about the caller, as one file of lusotown-export/1, which api/export.md describes. The password is shown again, and a code when two steps are on. */
        post: operations["export_account"];
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
        ExportRequest: {
            password: string;
            /** @description Six digits of the app, or a recovery code; needed when two steps are on */
            code?: string;
        };
        /** @description The head of the file; each further member is a list of rows, named and described in api/export.md. */
        DataExport: {
            /** @description lusotown-export/1: another number is a file that is read otherwise */
            format: string;
            /** Format: date-time */
            created_at: string;
            username: string;
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
    export_account: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExportRequest"];
            };
        };
        responses: {
            /** @description The file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataExport"];
                };
            };
        };
    };
}
