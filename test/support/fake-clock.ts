/** The simulator's clock, by the name that tests know it by: it stands still until it is told to advance. */
export { VirtualClock as FakeClock } from "../../simulator/virtual-clock.ts";
