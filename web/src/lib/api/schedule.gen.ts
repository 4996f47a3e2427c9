// Generated from api/openapi/schedule.yaml by `npm run gen`. Do not edit.
export interface paths {
    "/api/v1/channels/{username}/schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a channel has announced, soonest first, what goes on now included. Cancelled ones are there and say so. */
        get: operations["get_schedule"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channel/schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A channel's announcements, as they were written. */
        get: operations["list_schedule_entries"];
        put?: never;
        /** At most 50 a channel, those that are over not counted. */
        post: operations["create_schedule_entry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channel/schedule/{entry_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Says it anew. Dates cancelled before stay cancelled where the entry still falls on them. */
        put: operations["update_schedule_entry"];
        post?: never;
        delete: operations["delete_schedule_entry"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channel/schedule/{entry_id}/cancelled/{date}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** This once it does not happen. Cancelling twice is cancelling once. */
        put: operations["cancel_occurrence"];
        post?: never;
        /** It happens after all. */
        delete: operations["restore_occurrence"];
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
        Weekday: "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";
        Occurrence: {
            /** Format: int64 */
            entry_id: number;
            /** @description The day it falls on where it is announced, YYYY-MM-DD; names it among its entry's */
            date: string;
            /** Format: date-time */
            starts_at: string;
            /** Format: date-time */
            ends_at: string;
            title: string;
            /** @description A category's slug */
            category: string;
            is_weekly: boolean;
            is_cancelled: boolean;
        };
        OccurrenceList: {
            items: components["schemas"]["Occurrence"][];
        };
        ScheduleEntry: {
            /** Format: int64 */
            id: number;
            title: string;
            category: string;
            duration_min: number;
            /**
             * Format: date-time
             * @description Of what happens once
             */
            starts_at: string | null;
            /** @description Of what happens every week, a Weekday, with time and time_zone */
            weekday: string | null;
            /** @description HH:MM on the clocks of time_zone, in summer and in winter */
            time: string | null;
            /** @description IANA name, such as Europe/Lisbon */
            time_zone: string | null;
            /**
             * Format: date-time
             * @description Null when nothing more comes of it
             */
            next_starts_at: string | null;
            cancelled_dates: string[];
        };
        ScheduleEntryList: {
            items: components["schemas"]["ScheduleEntry"][];
        };
        /** @description Either starts_at, or weekday, time and time_zone. */
        ScheduleEntryRequest: {
            title: string;
            category: string;
            duration_min: number;
            /** Format: date-time */
            starts_at?: string;
            weekday?: components["schemas"]["Weekday"];
            time?: string;
            time_zone?: string;
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
    get_schedule: {
        parameters: {
            query?: {
                days?: number;
            };
            header?: never;
            path: {
                username: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most 50 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OccurrenceList"];
                };
            };
        };
    };
    list_schedule_entries: {
        parameters: {
            query?: {
                /** @description Whose, for its editors; the caller's own when it is left out */
                channel?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The soonest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleEntryList"];
                };
            };
        };
    };
    create_schedule_entry: {
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
                "application/json": components["schemas"]["ScheduleEntryRequest"];
            };
        };
        responses: {
            /** @description Announced */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleEntry"];
                };
            };
        };
    };
    update_schedule_entry: {
        parameters: {
            query?: {
                /** @description Whose, for its editors; the caller's own when it is left out */
                channel?: string;
            };
            header?: never;
            path: {
                entry_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScheduleEntryRequest"];
            };
        };
        responses: {
            /** @description As it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleEntry"];
                };
            };
        };
    };
    delete_schedule_entry: {
        parameters: {
            query?: {
                /** @description Whose, for its editors; the caller's own when it is left out */
                channel?: string;
            };
            header?: never;
            path: {
                entry_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Gone */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    cancel_occurrence: {
        parameters: {
            query?: {
                /** @description Whose, for its editors; the caller's own when it is left out */
                channel?: string;
            };
            header?: never;
            path: {
                entry_id: number;
                date: string;
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
                    "application/json": components["schemas"]["ScheduleEntry"];
                };
            };
        };
    };
    restore_occurrence: {
        parameters: {
            query?: {
                /** @description Whose, for its editors; the caller's own when it is left out */
                channel?: string;
            };
            header?: never;
            path: {
                entry_id: number;
                date: string;
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
                    "application/json": components["schemas"]["ScheduleEntry"];
                };
            };
        };
    };
}
