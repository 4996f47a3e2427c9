import { store, stored } from "./stored";

// Whether letters alone do something (WCAG 2.1.4): one switch for the player and for the search box.
const KEY = "luso.single_keys";

export function hasSingleKeys(): boolean { return stored(KEY) !== "0"; }
export function keepSingleKeys(isOn: boolean): void { store(KEY, isOn ? "1" : "0"); }
