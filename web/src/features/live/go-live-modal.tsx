"use client";
import type { Messages } from "@/text/catalogue";
export function GoLiveModal(_props: { messages: Messages; onClose: () => void }) { return null; }
