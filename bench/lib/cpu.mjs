// What a process has cost so far.
import { readFileSync, readdirSync } from "node:fs";

// CPU seconds of all threads of the processes, by the scheduler's own nanosecond account.
export function cpuSeconds(...pids) {
  let nanoseconds = 0n;
  for (const pid of pids) {
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      try { nanoseconds += BigInt(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]); } catch { /* the thread has ended */ }
    }
  }
  return Number(nanoseconds) / 1e9;
}

// The kernel's part of the CPU time so far, and all of it, in clock ticks: coarse, for a share over seconds.
export function kernelTicks(...pids) {
  const both = pids.map((pid) => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ").slice(11, 13).map(Number));
  return { kernel: both.reduce((sum, [, kernel]) => sum + kernel, 0), all: both.flat().reduce((a, b) => a + b, 0) };
}

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

export function rssMb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
}

// A process and its children: nginx's master and workers.
export function family(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
  return [pid, ...children.flatMap(family)];
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
