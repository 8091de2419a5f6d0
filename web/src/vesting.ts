// How an amount vests, written from the interface of the terms.

import { BASIS_POINTS, mulDivDown } from "./amounts";

/** Seconds; `unlockBps` of the whole at the start. */
export interface Vesting {
  readonly start: bigint;
  readonly unlockBps: bigint;
  readonly cliffSeconds: bigint;
  readonly durationSeconds: bigint;
  readonly stepSeconds: bigint;
}

export function vestedDown(total: bigint, vesting: Vesting, time: bigint): bigint {
  if (time < vesting.start) return 0n;
  let elapsed = time - vesting.start;
  if (elapsed >= vesting.durationSeconds) return total;
  const unlocked = mulDivDown(total, vesting.unlockBps, BASIS_POINTS);
  if (elapsed < vesting.cliffSeconds) return unlocked;
  if (vesting.stepSeconds > 0n) elapsed -= elapsed % vesting.stepSeconds;
  return unlocked + mulDivDown(total - unlocked, elapsed, vesting.durationSeconds);
}

/** When more is vested than at `time`, at the latest that is known; null: everything is. */
export function nextMoment(vesting: Vesting, time: bigint): bigint | null {
  const end = vesting.start + vesting.durationSeconds;
  if (time >= end && time >= vesting.start) return null;
  if (time < vesting.start && vesting.unlockBps > 0n) return vesting.start;
  if (vesting.durationSeconds === 0n) return vesting.start;
  const cliff = vesting.start + vesting.cliffSeconds;
  if (time < cliff) return cliff;
  if (vesting.stepSeconds === 0n) return time + 1n;
  const steps = (time - vesting.start) / vesting.stepSeconds + 1n;
  const next = vesting.start + steps * vesting.stepSeconds;
  return next < end ? next : end;
}
