// Generated from api/openapi/team.yaml by `npm run gen`. Do not edit.
export interface paths {
    "/api/v1/channels/{username}/team": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who looks after a channel. For its owner and its team; invitations that wait are shown to the owner alone. */
        get: operations["get_team"];
        put?: never;
        /** The owner asks somebody onto the team. It counts once they accept. */
        post: operations["invite_member"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/{username}/team/{member}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** The owner takes somebody off the team, or an invitation back. */
        delete: operations["remove_member"];
        options?: never;
        head?: never;
        /** Another role, from now on. */
        patch: operations["change_member"];
        trace?: never;
    };
    "/api/v1/memberships": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The channels the caller helps with, and the invitations that wait for an answer; those first. */
        get: operations["list_memberships"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/memberships/{username}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Yes to the invitation of this channel. Accepting twice is accepting once. */
        put: operations["accept_membership"];
        post?: never;
        /** No to the invitation of this channel, or goodbye to its team. */
        delete: operations["leave_team"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description An editor runs broadcasts and edits the channel, without its keys and its team; a moderator only sees.
         * @enum {string}
         */
        TeamRole: "owner" | "editor" | "moderator";
        /** @enum {string} */
        MemberRole: "editor" | "moderator";
        TeamPerson: {
            username: string;
            display_name: string;
            /** @description 128 pixels square; -64 and -256 in place of -128 are there too */
            avatar_url: string | null;
        };
        TeamMember: {
            person: components["schemas"]["TeamPerson"];
            role: components["schemas"]["TeamRole"];
            /** @description An invitation gives no right before it is */
            is_accepted: boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            accepted_at: string | null;
        };
        Team: {
            my_role: components["schemas"]["TeamRole"];
            items: components["schemas"]["TeamMember"][];
            /** @description Besides the owner */
            members_max: number;
        };
        Membership: {
            channel: components["schemas"]["TeamPerson"];
            role: components["schemas"]["TeamRole"];
            is_accepted: boolean;
            /** Format: date-time */
            created_at: string;
        };
        MembershipList: {
            items: components["schemas"]["Membership"][];
        };
        InviteMemberRequest: {
            username: string;
            role: components["schemas"]["MemberRole"];
        };
        ChangeMemberRequest: {
            role: components["schemas"]["MemberRole"];
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
    get_team: {
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
            /** @description The owner first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    invite_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                username: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InviteMemberRequest"];
            };
        };
        responses: {
            /** @description Asked */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamMember"];
                };
            };
        };
    };
    remove_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                username: string;
                member: string;
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
    change_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                username: string;
                member: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeMemberRequest"];
            };
        };
        responses: {
            /** @description As it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamMember"];
                };
            };
        };
    };
    list_memberships: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MembershipList"];
                };
            };
        };
    };
    accept_membership: {
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
                    "application/json": components["schemas"]["Membership"];
                };
            };
        };
    };
    leave_team: {
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
            /** @description Gone */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
