import type { Bus } from "@hedgelock/bus";
import { PartitionHeartbeat, heartbeatSubject } from "@hedgelock/contracts";

/** Where the engine stands, read at each beat. */
export interface Progress {
  readonly writer: string;
  readonly epoch: number;
  readonly partitions: number;
  /** Stream sequence of the last tick handed over. */
  readonly evaluatedSeq: number;
  readonly evaluations: number;
  readonly timeUs: number;
}

/** Tells for every partition up to where it was evaluated: silence and "nothing to do" differ. */
export function announceHeartbeats(bus: Pick<Bus, "announce">, progress: Progress): void {
  for (let partition = 0; partition < progress.partitions; partition += 1) {
    const beat: PartitionHeartbeat = {
      service: "risk",
      writer: progress.writer,
      partition,
      epoch: progress.epoch,
      evaluatedSeq: progress.evaluatedSeq,
      evaluatedMessages: progress.evaluations,
      timeUs: progress.timeUs,
    };
    bus.announce(heartbeatSubject("risk", partition), PartitionHeartbeat.encode(beat).finish());
  }
}
