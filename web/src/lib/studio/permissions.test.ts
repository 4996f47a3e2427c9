import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { can, type Action, type Role } from "./permissions";

const RULES = readFileSync("../server/channels/permissions_test.cpp", "utf8");

// The server's own test says it in one line a role: EXPECT_EQ(all_that(TeamRole::editor), …({true, true, true, false, false}))
test("the pages promise what the server's rules allow, role by role", () => {
  const actions = [...(/kActions\{([^}]+)\}/.exec(RULES)?.[1] ?? "").matchAll(/Action::(\w+)/g)].map(([, name]) => name as Action);
  assert.equal(actions.length, 5);
  for (const role of ["owner", "editor", "moderator"] satisfies Role[]) {
    const said = new RegExp(`TeamRole::${role}\\),\\s*std::vector<bool>\\(\\{([^}]+)\\}`).exec(RULES)?.[1]?.split(",").map((word) => word.trim() === "true");
    assert.deepEqual(actions.map((action) => can(role, action)), said, role);
  }
});
